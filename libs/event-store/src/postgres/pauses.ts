import { setTimeout as delay } from 'node:timers/promises';

interface Rhythm {
  readonly first: number;
  readonly last: number;
}
interface Pause {
  readonly rhythm: Rhythm;
  readonly milliseconds: number;
}

/** At the end of the log, where followers are notified: they look by themselves all the same, should whoever appended have died before it told. */
export const told: Rhythm = { first: 250, last: 1_000 };
/** At the end of the log, while notifications do not come. */
export const untold: Rhythm = { first: 50, last: 1_000 };
/** Behind a gap the wait is for somebody's commit, which nothing announces when it turns out a rollback. */
export const blocked: Rhythm = { first: 5, last: 100 };

export const nextPause = (rhythm: Rhythm, before?: Pause): Pause => ({
  rhythm,
  milliseconds: before ? Math.min(before.milliseconds * 2, rhythm.last) : rhythm.first,
});

/** From the beginning of one page to that of the next, for a follower that reads to the end of the log each time. */
const longestRound = 20;

/**
 * In a burst, whoever follows closely would read the log once per event. So it rests as long as reading and handling the last
 * page took, unless that was long enough for the next one to fill; and when there is little to do it is there at once.
 */
export async function breath(begun: number, signal: AbortSignal): Promise<void> {
  const took = performance.now() - begun;
  const rest = Math.min(took, longestRound - took);
  // Timers know whole milliseconds only.
  if (rest >= 1) await delay(rest, undefined, { signal }).catch(() => undefined);
}
