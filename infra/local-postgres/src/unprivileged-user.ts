import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { LocalPostgresError } from './local-postgres-error.js';

const run = promisify(execFile);

/** The system user the server runs as; undefined: as whoever started us. */
export type RunAs = { readonly uid: number; readonly gid: number };

/**
 * PostgreSQL refuses to run as root, so root hands it to an unprivileged user: the one who already
 * owns the data, else `postgres`, created when the system does not have it.
 */
export async function userFor(dataDir: string): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp('postgres')) ?? (await create('postgres'));
}

async function lookUp(name: string): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function create(name: string): Promise<RunAs> {
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name])
    // BusyBox systems have adduser only.
    .catch(() => run('adduser', ['-S', '-D', '-H', '-s', '/bin/false', name]))
    .catch(() => undefined);
  const user = await lookUp(name);
  if (user) return user;
  throw new LocalPostgresError(
    'NO_UNPRIVILEGED_USER',
    `PostgreSQL cannot run as root, and the system user "${name}" could not be created. ` +
      `Create it (useradd --system ${name}) or start as an ordinary user.`,
  );
}
