import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from './log.js';

/** Calls `work` again and again, a second after it last ended, until stopped. A failure is logged and tried again. */
export function runClock(
  work: (signal: AbortSignal) => Promise<void>,
  log: Log,
  everyMs = 1000,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await work(stopping.signal).catch((error: unknown) => log.error({ err: error }, 'due work failed'));
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
