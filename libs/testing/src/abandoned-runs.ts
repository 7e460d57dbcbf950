import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isNativeError } from 'node:util/types';
import { killProcessesOf } from './run-processes.js';

/** The run's own process stands in the folder's name, which tells abandoned folders from used ones. */
export function runFolderPrefix(): string {
  return path.join(tmpdir(), `waymark-test-${process.pid}-`);
}

/** Clears away what test runs left that were killed outright: their servers and their folders. */
export async function sweepAbandonedRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^waymark-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = path.join(tmpdir(), name);
    await killProcessesOf(folder);
    // Several runs may sweep at once, and somebody else's folder may be closed to us: neither matters.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isNativeError(error) && 'code' in error && error.code === 'EPERM';
  }
}
