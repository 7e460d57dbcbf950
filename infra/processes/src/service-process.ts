import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly pid: number;
  readonly ended: Promise<Exit>;
  /** Resolves when the service says that it is ready and nothing of it degraded; rejects with the end of its log when it ends before, or takes too long. */
  untilReady(): Promise<void>;
  /** Asks it to finish what is under way and end; kills it when it does not. */
  terminate(): Promise<Exit>;
  /** As a crash would: `kill -9`. */
  kill(): Promise<Exit>;
}

export interface SpawnOptions {
  readonly name: string;
  /** All the service is told; nothing of this process's own environment reaches it. */
  readonly environment: NodeJS.ProcessEnv;
  /** File that is run, when it is not the built entry of the service of that name. */
  readonly entry?: string;
  /** Output is appended here. */
  readonly logFile: string;
}

const READY_MS = 90_000;
const STOP_MS = 30_000;

/** The built entry of a service. */
export const entryOf = (service: string): string =>
  fileURLToPath(new URL(`../../../services/${service}/dist/main.js`, import.meta.url));

/** Starts a service as a process of its own. It dies with this process. */
export async function spawnService({
  name,
  environment,
  logFile,
  entry = entryOf(name),
}: SpawnOptions): Promise<ServiceProcess> {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: build the services first (npm run build)`);
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a');
  const child = spawn(process.execPath, [entry], {
    cwd: dirname(logFile),
    env: environment,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = exitOf(child).finally(() => process.off('exit', killNow));
  const end = async (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal);
    const impatience = setTimeout(killNow, STOP_MS);
    return ended.finally(() => clearTimeout(impatience));
  };
  return {
    pid: child.pid ?? 0,
    ended,
    untilReady: () => untilReady(name, `http://127.0.0.1:${environment.PORT}/health/ready`, ended, logFile),
    terminate: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

async function untilReady(name: string, url: string, ended: Promise<Exit>, logFile: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  let exit: Exit | undefined;
  void ended.then((how) => (exit = how));
  while (!exit && Date.now() < deadline) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    // One that takes requests though a part of it is degraded is not what whoever starts it waits for.
    if (answer?.ok && (await isWhole(answer))) return;
    await pause(50);
  }
  const why = exit ? `ended with ${exit.signal ?? `code ${exit.code}`}` : `was not ready within ${READY_MS / 1_000} s`;
  const log = await readFile(logFile, 'utf8').catch(() => '');
  throw new Error(`${name} ${why}. The end of ${logFile}:\n${log.split('\n').slice(-15).join('\n')}`);
}

/** Whether a service that answers `/health/ready` is as it should be in all its parts. */
export const isWhole = async (answer: Response): Promise<boolean> =>
  ((await answer.json().catch(() => ({}))) as { readonly status?: string }).status === 'ok';
