import { setTimeout as pause } from 'node:timers/promises';
import { isFit, type RunningService } from '@waymark/service-kit';

/** A start after a crash has what the views had not yet shown to catch up with, seconds on a busy machine. */
const patienceMs = 60_000;
const everyMs = 100;

/** Resolves when all are ready, or when the time is over; with what still is not, and why. */
export async function untilReady(
  services: readonly Pick<RunningService, 'name' | 'report'>[],
  withinMs = patienceMs,
): Promise<readonly string[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const unready = (await Promise.all(services.map(reasonsOf))).flat();
    if (unready.length === 0 || performance.now() > until) return unready;
    await pause(everyMs);
  }
}

const reasonsOf = async ({ name, report }: Pick<RunningService, 'name' | 'report'>): Promise<readonly string[]> =>
  Object.entries(await report())
    .filter(([, state]) => !isFit(state))
    .map(([part, state]) => `${name}: ${part}: ${state}`);
