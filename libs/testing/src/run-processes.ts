import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TEST_RUN } from './environment.js';

const run = promisify(execFile);

/**
 * Kills whatever was started under a test run and is still there: an interrupted worker cannot stop the
 * servers it started. They are known by the run's folder, in which they work or which they were told of.
 */
export async function killProcessesOf(folder: string): Promise<void> {
  const pids = process.platform === 'linux' ? await fromProc(folder) : await fromPs(folder);
  for (const pid of pids.filter((pid) => pid !== process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended in the meantime.
    }
  }
}

async function fromProc(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [cwd, environment] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      ]);
      return cwd.startsWith(`${folder}/`) || environment.split('\0').includes(`${TEST_RUN}=${folder}`) ? [pid] : [];
    }),
  );
  return found.flat();
}

async function fromPs(folder: string): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,command=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`${folder}/`))
    .map((line) => Number.parseInt(line, 10));
}
