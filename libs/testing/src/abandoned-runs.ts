import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopLeftovers } from '@waymark/local-postgres';
import { stopLeftoverKafka } from './kafka/leftover-kafka.js';

/** Clears away what test runs left that were killed outright: their servers and their folders. */
export async function sweepAbandonedRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^waymark-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Several runs may sweep at once, and somebody else's folder may be closed to us: neither matters.
    await sweep(path.join(tmpdir(), name)).catch(() => undefined);
  }
}

async function sweep(folder: string): Promise<void> {
  await stopLeftovers(path.join(folder, 'postgres'));
  await stopLeftoverKafka(path.join(folder, 'kafka'));
  await rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
