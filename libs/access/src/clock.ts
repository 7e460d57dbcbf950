import type { Instant } from '@waymark/event-sourcing';

/** Where the time comes from; the system's own unless a test says otherwise. */
export interface Clock {
  now(): Instant;
}

export const dateOf = (clock: Clock | undefined): Date => (clock ? new Date(clock.now()) : new Date());
