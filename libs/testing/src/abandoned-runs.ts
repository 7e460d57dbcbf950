import { accessSync, constants, statfsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isNativeError } from 'node:util/types';
import { killProcessesOf } from './run-processes.js';

const memoryFolder = '/dev/shm';
const roomItTakes = 6 * 2 ** 30;

/** The run's own process stands in the folder's name, which tells abandoned folders from used ones. */
export function runFolderPrefix(): string {
  return path.join(hasRoom(memoryFolder) ? memoryFolder : tmpdir(), `waymark-test-${process.pid}-`);
}

/** Clears away what test runs left that were killed outright: their servers and their folders. */
export async function sweepAbandonedRuns(): Promise<void> {
  for (const folder of [tmpdir(), memoryFolder]) await sweep(folder);
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = /^waymark-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = path.join(parent, name);
    await killProcessesOf(folder);
    // Several runs may sweep at once, and somebody else's folder may be closed to us: neither matters.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

/**
 * A run makes hundreds of databases of three hundred files each; in memory that takes a tenth of the time it takes on a disk. Half of
 * what is free stays so: the folder is not all that needs memory.
 */
function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, process.availableMemory() / 2) >= roomItTakes;
  } catch {
    return false;
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
