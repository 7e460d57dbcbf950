import { readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { LocalPostgresError } from './local-postgres-error.js';
import { findProcess, processesIn, signal, waitUntilGone } from './process-table.js';
import { ownerIn } from './settings.js';

const FAST_SHUTDOWN_MS = 60_000;
const GONE_MS = 10_000;

/**
 * Makes a data folder free for a new start after whoever used it last was killed. A server without
 * its owner is shut down fast; one whose owner still lives is left alone and reported.
 */
export async function stopLeftovers(dataDir: string, log: (line: string) => void = () => {}): Promise<void> {
  const folder = await realpath(dataDir).catch(() => undefined);
  if (!folder) return;
  const pidFile = path.join(folder, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  const postmaster = pid > 0 ? await findProcess(pid) : undefined;
  const ours = postmaster !== undefined && (await runsIn(postmaster.pid, postmaster.command, folder));

  if (ours) {
    if (postmaster.parent === ownerIn(postmaster.command)) {
      throw new LocalPostgresError(
        'DATA_FOLDER_IN_USE',
        `The data folder ${dataDir} is in use by process ${postmaster.parent}. Stop that one first.`,
      );
    }
    log(`stopping the PostgreSQL left behind on ${dataDir} (process ${pid})`);
    signal(pid, 'SIGINT');
    if (!(await waitUntilGone([pid], FAST_SHUTDOWN_MS))) signal(pid, 'SIGQUIT');
    await waitUntilGone([pid], GONE_MS);
  }

  // Children outlive a killed postmaster while they are busy, and a new one refuses to start beside them.
  const children = await serversIn(folder);
  for (const child of children) signal(child, 'SIGQUIT');
  await waitUntilGone(children, GONE_MS);

  // The number in a stale file may belong to a stranger by now, for whom PostgreSQL would refuse to start.
  if (postmaster && !ours) await rm(pidFile, { force: true });
}

async function serversIn(folder: string): Promise<readonly number[]> {
  const entries = await Promise.all((await processesIn(folder)).map(findProcess));
  // Children title themselves "postgres: checkpointer"; an initdb and what it runs carry their path.
  return entries.filter((entry) => entry && /(^|\/)(postgres|initdb)\b/.test(entry.command)).map((entry) => entry!.pid);
}

async function runsIn(pid: number, command: string, folder: string): Promise<boolean> {
  if (process.platform === 'linux') return (await serversIn(folder)).includes(pid);
  return command.includes('postgres') && command.includes(folder);
}
