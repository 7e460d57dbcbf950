import type { Payload } from './compose.js';

/** Of a message by which more could be learned than the log tells in the clear. */
export interface Hidden {
  /** What the log tells of it in the clear: those of which it tells the same hide each other. */
  readonly among: string;
  /** What it may say when nothing hides it. */
  readonly bare: object;
}

export interface Hiding {
  /** Undefined for a message that says no more than the log does in the clear. Must follow from the message alone. */
  readonly of: (payload: Payload) => Hidden | undefined;
  /** For how long one is held back for want of a crowd, before it goes bare. */
  readonly longestMs: number;
}

/** One message of an event, which may be held back. Nothing that is sealed. */
export interface Waiting {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: string;
  /** Among those that the event says, from 0. */
  readonly place: number;
  readonly subject: string;
  readonly among?: string;
}

export interface Parted {
  readonly whole: readonly Waiting[];
  readonly bare: readonly Waiting[];
  readonly held: readonly Waiting[];
}

/**
 * Who may go: a hidden message only with those of so many different subjects that look like it in the log. What is about one thing
 * stays together, so that its numbers follow each other.
 */
export function parted(waiting: readonly Waiting[], crowd: number, isOverdue: (one: Waiting) => boolean): Parted {
  let whole = waiting;
  for (let lonely = lonelyAmong(whole, crowd); lonely.size > 0; lonely = lonelyAmong(whole, crowd))
    whole = whole.filter(({ subject }) => !lonely.has(subject));
  const free = new Set(whole.map(({ subject }) => subject));
  const rest = waiting.filter(({ subject }) => !free.has(subject));
  const overdue = new Set(
    rest.filter((one) => one.among !== undefined && isOverdue(one)).map(({ subject }) => subject),
  );
  return {
    whole,
    bare: rest.filter(({ subject }) => overdue.has(subject)),
    held: rest.filter(({ subject }) => !overdue.has(subject)),
  };
}

function lonelyAmong(waiting: readonly Waiting[], crowd: number): ReadonlySet<string> {
  const crowds = new Map<string, Set<string>>();
  for (const { among, subject } of waiting)
    if (among !== undefined) crowds.set(among, (crowds.get(among) ?? new Set()).add(subject));
  return new Set([...crowds.values()].filter(({ size }) => size < crowd).flatMap((subjects) => [...subjects]));
}
