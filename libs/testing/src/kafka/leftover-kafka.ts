import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../eventually.js';

const run = promisify(execFile);

/** Ends the broker that a killed test run left on this folder, if there is one. */
export async function stopLeftoverKafka(dir: string): Promise<void> {
  const pidFile = path.join(dir, 'kafka.pid');
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  // The number alone proves nothing: it may belong to somebody else by now.
  if (pid > 0 && (await commandOf(pid)).includes(path.join(dir, 'server.properties'))) {
    process.kill(pid, 'SIGKILL');
    await eventually(async () => (await commandOf(pid)) === '', { timeoutMs: 10_000 });
  }
  await rm(pidFile, { force: true });
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
