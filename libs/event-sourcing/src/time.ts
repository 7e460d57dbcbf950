import type { Instant } from './event.js';

/** Adds calendar hours (no working-time rules) to an instant. */
export const plusHours = (instant: Instant, hours: number): Instant => plusMilliseconds(instant, hours * 3_600_000);

/** Adds milliseconds to an instant. */
export const plusMilliseconds = (instant: Instant, milliseconds: number): Instant =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

/** True when `a` lies before `b`. Instants in one format compare as text, but input may carry other precisions. */
export const isBefore = (a: Instant, b: Instant): boolean => Date.parse(a) < Date.parse(b);
