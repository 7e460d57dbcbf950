import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreError, type Page, type RecordedEvent } from '../port.js';
import { toRecordedEvent } from './envelope.js';
import { unavailable } from './errors.js';
import type { Feed, StreamFilter } from './feed.js';
import type { KurrentClient } from './kurrent-client.js';

/** How many events the server looks at in one step, on its way to the end of the log. */
const catchUpWindow = 500;
/** Until it has caught up, a server that says nothing for so long is not there. Afterwards it may have nothing to say. */
const silence = 10_000;
const shortestInterval = 20;

export interface Wanted {
  readonly after: bigint;
  readonly filter: StreamFilter;
  readonly limit: number;
  readonly signal: AbortSignal;
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * Full pages up to the end of the log as it is now. The last page reaches that end, whatever was filtered out before it: the
 * server tells that it has caught up, but not with what, so the log's head is looked up first.
 */
export async function* catchUp(client: KurrentClient, wanted: Wanted): AsyncGenerator<Page, void, undefined> {
  const { after, filter, limit, signal } = wanted;
  const head = await client.head(signal);
  if (after > head)
    throw new EventStoreError('beyond_log', `position ${after} was read, but the log ends at ${head}: it was set back`);
  const feed = client.subscribe(after, filter, catchUpWindow);
  try {
    let position = after;
    let events: RecordedEvent[] = [];
    while (!signal.aborted) {
      const event = feed.take();
      if (event) {
        events.push(toRecordedEvent(event));
        position = event.position;
        if (events.length < limit) continue;
        yield { events, position };
        events = [];
        continue;
      }
      position = later(position, feed.mark);
      if (feed.caughtUp) {
        position = later(position, head);
        if (events.length > 0 || position > after) yield { events, position };
        return;
      }
      await somethingMore(feed, signal, silence);
    }
  } finally {
    feed.close();
  }
}

/**
 * What comes, as it comes. A mark after every event of the log lets the position move on over those that are filtered out. Ends
 * when the reader stays behind: catching up is faster then.
 */
export async function* follow(client: KurrentClient, wanted: Wanted): AsyncGenerator<Page, void, undefined> {
  const { after, filter, limit, signal } = wanted;
  const feed = client.subscribe(after, filter, 1);
  try {
    let position = after;
    let behind = 0;
    while (!signal.aborted) {
      const events = takeUpTo(limit, feed);
      const reached = later(events.at(-1)?.position ?? position, events.length < limit ? feed.mark : 0n);
      if (reached > position) {
        position = reached;
        yield { events, position };
        behind = events.length < limit ? 0 : behind + events.length;
        if (behind >= catchUpWindow) return;
        if (behind > 0) continue;
        // In a burst, whoever follows closely would get a page per event: a breath lets the next page fill.
        await delay(shortestInterval, undefined, { signal }).catch(() => undefined);
        continue;
      }
      await somethingMore(feed, signal, feed.caughtUp ? undefined : silence);
    }
  } finally {
    feed.close();
  }
}

function takeUpTo(limit: number, feed: Feed): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  while (events.length < limit) {
    const event = feed.take();
    if (!event) break;
    events.push(toRecordedEvent(event));
  }
  return events;
}

async function somethingMore(feed: Feed, signal: AbortSignal, milliseconds?: number): Promise<void> {
  if (feed.over) throw feed.over.because;
  if (!(await feed.changed(signal, milliseconds))) throw unavailable('the server gives no answer');
}
