import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import type { Binaries } from './binaries.js';
import { stopLeftovers } from './leftovers.js';
import { LocalPostgresError } from './local-postgres-error.js';
import type { RunAs } from './unprivileged-user.js';

const run = promisify(execFile);

export type InitialiseOptions = {
  readonly dataDir: string;
  readonly superuserPassword: string;
  readonly durable?: boolean;
};

/**
 * Runs initdb unless the folder already holds a cluster. It works beside the folder and its result is
 * renamed into place, so a cluster is there complete or not at all, however initdb ended.
 */
export async function initialise(
  options: InitialiseOptions,
  binaries: Binaries,
  user: RunAs | undefined,
): Promise<boolean> {
  const entries = await contentOf(options.dataDir);
  if (entries.includes('PG_VERSION')) return false;
  if (entries.length > 0) {
    throw new LocalPostgresError(
      'DATA_FOLDER_NOT_OURS',
      `${options.dataDir} is neither empty nor a PostgreSQL data folder; nothing in it was touched.`,
    );
  }

  const workshop = `${options.dataDir}.unfinished`;
  const cluster = path.join(workshop, 'cluster');
  await stopLeftovers(cluster);
  await rm(workshop, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true });
  await writeFile(path.join(workshop, 'password'), options.superuserPassword + '\n', { mode: 0o600 });
  for (const owned of [workshop, cluster, path.join(workshop, 'password')]) {
    if (user) await chown(owned, user.uid, user.gid);
  }
  await chmod(workshop, 0o700);
  await chmod(cluster, 0o700);

  await runInitdb(binaries.initdb, cluster, options.durable, user);
  await rm(path.join(workshop, 'password'));
  await rename(cluster, options.dataDir);
  await rm(workshop, { recursive: true });
  return true;
}

async function contentOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ENOENT') return [];
    throw new LocalPostgresError(
      'DATA_FOLDER_UNREACHABLE',
      `${folder} cannot be read. Start as the same user as the last time, or choose another data folder. (${String(error)})`,
    );
  }
}

async function runInitdb(
  initdb: string,
  cluster: string,
  durable: boolean | undefined,
  user: RunAs | undefined,
): Promise<void> {
  const flags = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--pwfile=../password',
  ];
  if (durable === false) flags.push('--no-sync');
  const dataPath = await pathFor(cluster, user);
  try {
    await run(initdb, ['-D', dataPath, ...flags], { ...user, cwd: cluster, env: { LC_ALL: 'C', TZ: 'UTC' } });
  } catch (error) {
    const reason = isNativeError(error) && 'stderr' in error ? String(error.stderr) : String(error);
    throw new LocalPostgresError('INITDB_FAILED', `PostgreSQL's initdb failed: ${reason.trim()}`);
  }
}

/**
 * The path under which the user reaches its own folder. Where a folder above is closed to it (a clone
 * under /root), Linux still lets a process into the working folder it was started in.
 */
export async function pathFor(folder: string, user: RunAs | undefined): Promise<string> {
  const real = await realpath(folder);
  if (!user || (await canEnter(real, user))) return real;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new LocalPostgresError(
    'DATA_FOLDER_UNREACHABLE',
    `User ${user.uid}, as which PostgreSQL has to run, cannot reach ${real}. Choose a data folder outside closed folders.`,
  );
}

async function canEnter(folder: string, user: RunAs): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
