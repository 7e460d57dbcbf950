import type { Instant } from '@waymark/event-sourcing';

/** Where every service gets the time from, so that tests can set it. */
export abstract class Clock {
  abstract now(): Instant;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };
