import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type ProcessEntry = { readonly pid: number; readonly parent: number; readonly command: string };

/** Slim images have no `ps`, so Linux is asked through /proc and only other systems through `ps`. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await run('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
      const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
      return parent && command ? { pid, parent: Number(parent), command } : undefined;
    }
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // A zombie holds nothing any more.
    if (/^State:\s+Z/m.test(status)) return undefined;
    return { pid, parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]), command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return undefined;
  }
}

/** Processes whose working folder is this one: of PostgreSQL, the postmaster and all its children. Linux only. */
export async function processesIn(folder: string): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => ((await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder ? pid : undefined)),
  );
  return found.filter((pid) => pid !== undefined);
}

export async function waitUntilGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const entries = await Promise.all(pids.map(findProcess));
    if (entries.every((entry) => entry === undefined)) return true;
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime, which is what the signal was for.
  }
}
