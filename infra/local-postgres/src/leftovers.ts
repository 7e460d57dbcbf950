import { readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { LocalPostgresError } from './local-postgres-error.js';
import { findProcess, type ProcessEntry, processesIn, signal, waitUntilGone } from './process-table.js';
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
  const { named, ours } = await postmasterOf(folder);

  if (ours) {
    demandOwnerless(ours, dataDir);
    log(`stopping the PostgreSQL left behind on ${dataDir} (process ${ours.pid})`);
    signal(ours.pid, 'SIGINT');
    if (!(await waitUntilGone([ours.pid], FAST_SHUTDOWN_MS))) signal(ours.pid, 'SIGQUIT');
    await waitUntilGone([ours.pid], GONE_MS);
  }

  // Children outlive a killed postmaster while they are busy, and a new one refuses to start beside them.
  const children = await serversIn(folder);
  for (const child of children) signal(child, 'SIGQUIT');
  await waitUntilGone(children, GONE_MS);

  // The number in a stale file may belong to a stranger by now, for whom PostgreSQL would refuse to start.
  if (named && !ours) await rm(pidFileIn(folder), { force: true });
}

/** Refuses, and touches nothing, while a server runs on the data folder whose owner lives. */
export async function demandUnused(dataDir: string): Promise<void> {
  const folder = await realpath(dataDir).catch(() => undefined);
  const { ours } = folder ? await postmasterOf(folder) : {};
  if (ours) demandOwnerless(ours, dataDir);
}

const pidFileIn = (folder: string): string => path.join(folder, 'postmaster.pid');

/** The process that the folder's file names, and the same where it is the folder's server. */
async function postmasterOf(folder: string): Promise<{ named?: ProcessEntry; ours?: ProcessEntry }> {
  const pid = Number((await readFile(pidFileIn(folder), 'utf8').catch(() => '')).split('\n')[0]);
  const named = pid > 0 ? await findProcess(pid) : undefined;
  if (!named) return {};
  return (await runsIn(named.pid, named.command, folder)) ? { named, ours: named } : { named };
}

function demandOwnerless({ parent, command }: ProcessEntry, dataDir: string): void {
  if (parent !== ownerIn(command)) return;
  throw new LocalPostgresError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${dataDir} is in use by process ${parent}. Stop that one first.`,
  );
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
