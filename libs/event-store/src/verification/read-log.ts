import { setTimeout as delay } from 'node:timers/promises';
import { asStored, type StoredEvent } from '../chain.js';
import { EventStoreError, type EventStore, type Page } from '../port.js';

export interface ReadLogOptions {
  /** The last position to read, such as `readLogHead` gives it. */
  readonly upTo: bigint;
  readonly categories?: readonly string[];
  /** Milliseconds to wait at a gap that an open append may still fill; 60,000 unless given. */
  readonly patience?: number;
}

/** Something in the log is no longer JSON: whoever asks the port for what is in it gets a `SyntaxError`. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';

  /** `after`: position of the last event that could be read. */
  constructor(
    readonly after: bigint,
    options?: ErrorOptions,
  ) {
    super(`the event after position ${after} is not JSON`, options);
  }
}

const largestPage = 256;
const smallestPage = 8;
const pageBytes = 8_388_608;

/** Behind a page of large events pages are small, so that a run of them takes some megabytes a page; the first may take 256. */
function nextLimit(limit: number, events: readonly StoredEvent[]): number {
  const bytes = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  if (bytes > pageBytes) return Math.max(smallestPage, Math.floor(limit / 4));
  return bytes < pageBytes / 4 ? Math.min(largestPage, limit * 2) : limit;
}

/**
 * Reads the log in order, from the start to a position, in pages of bounded size: what was in it when the position was its
 * head, and nothing else. Rejects with `unavailable` when an append before that position stays open for longer than `patience`,
 * and with `UnreadableEventError`.
 */
export async function* readLog(
  store: Pick<EventStore, 'readAll'>,
  { upTo, categories, patience = 60_000 }: ReadLogOptions,
): AsyncGenerator<readonly StoredEvent[], void, undefined> {
  let limit = smallestPage;
  let pause = 5;
  let waited = 0;
  for (let after = 0n; after < upTo;) {
    const page = await store.readAll({ after, limit, ...(categories && { categories }) });
    stopAtUnreadable(page, after);
    if (page.position === after) {
      if (waited >= patience)
        throw new EventStoreError('unavailable', `an append before position ${upTo} does not end`);
      waited += pause;
      await delay(pause);
      pause = Math.min(pause * 2, 500);
      continue;
    }
    pause = 5;
    waited = 0;
    after = page.position;
    const events = page.events.filter(({ position }) => position <= upTo).map(asStored);
    limit = nextLimit(limit, events);
    if (events.length > 0) yield events;
  }
}

/** The port parses what somebody asks for; here nobody would. */
function stopAtUnreadable({ events }: Page, after: bigint): void {
  let last = after;
  for (const { position, stored } of events) {
    try {
      JSON.parse(stored.data);
      JSON.parse(stored.metadata);
    } catch (cause) {
      throw new UnreadableEventError(last, { cause });
    }
    last = position;
  }
}
