import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { chainHash, contentHash } from '../chain.js';
import { type AppendResult, EventStoreError, type ExpectedRevision } from '../port.js';
import { Turns } from '../turns.js';
import type { SerializedEvent } from '../validation.js';
import { type EventToStore, sealOf, type StoredEvent, toStore } from './envelope.js';
import { damaged, isConflict, isTooLarge, isUnavailable, toEventStoreError, unavailable } from './errors.js';
import type { KnownStream, KnownStreams } from './known-streams.js';
import type { KurrentClient } from './kurrent-client.js';

const attempts = 200;
const longestPause = 100;

interface Batch {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerializedEvent[];
  /** Names this call in what it stores. */
  readonly call: string;
}

/**
 * Appends with what the server leaves to its clients: the hash chain, and event ids that count before the expected revision.
 * Each try looks at the stream as it is, decides, and appends at exactly that revision; so nobody came between, or the server
 * refuses and the next try looks again.
 */
export class Appender {
  /** Writers of one process on one stream would only refuse each other. */
  readonly #turns = new Turns();

  constructor(
    private readonly client: KurrentClient,
    private readonly known: KnownStreams,
    private readonly closing: AbortSignal,
  ) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly SerializedEvent[]): Promise<AppendResult> {
    const batch = { stream, expected, events, call: randomUUID() };
    return this.#turns.take(stream, () => this.#untilDecided(batch));
  }

  async #untilDecided(batch: Batch): Promise<AppendResult> {
    let lost = false;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        return await this.#try(batch);
      } catch (thrown) {
        if (!isConflict(thrown)) {
          const error = this.#refusalOf(thrown, batch);
          // The answer may be lost and the events stored: the next try finds them.
          if (lost || !isUnavailable(error) || this.closing.aborted) throw error;
          lost = true;
        }
        await delay(Math.random() * Math.min(attempt * 5, longestPause));
      }
    }
    throw unavailable(`${batch.stream} changes too fast for this append`);
  }

  async #try(batch: Batch): Promise<AppendResult> {
    const { stream, events } = batch;
    const known = await this.known.refresh(stream, (from) => this.#read(stream, from));
    const before = revisionBefore(known, events);
    if (before !== undefined) return { ...(await this.#resultOf(batch, before)), repeated: true };
    if (events.some(({ id }) => this.known.isElsewhere(id, stream)))
      throw new EventStoreError('event_id_reused', 'an event id is in use in another stream');
    checkRevision(batch.expected, known.revision);
    // The server would go on counting where a deleted stream ended, and the chain would begin in its middle.
    if (known.revision < 0 && (await this.client.isCut(stream, this.closing)))
      throw damaged(`${stream} was deleted on the server`);
    const { revision } = known;
    const last = revision + events.length;
    const { hash, stored } = chained(known, batch);
    const reached = await this.client.append(stream, revision, stored);
    if (reached !== last) throw new Error(`${stream}: the server counted ${reached} where it had to be ${last}`);
    const result = await this.#resultOf(batch, last);
    const ids = events.map(({ id }) => id);
    if (!result.repeated && known.revision === revision) this.known.extend(known, ids, hash);
    return result;
  }

  /** The server gives the same answer to whoever appends the same ids at the same revision; the event itself says who did. */
  async #resultOf({ stream, call }: Batch, revision: number): Promise<AppendResult> {
    const last = await this.#eventAt(stream, revision);
    return { revision, position: last.position, repeated: sealOf(last).append !== call };
  }

  async #eventAt(stream: string, revision: number): Promise<StoredEvent> {
    let found: StoredEvent | undefined;
    for await (const event of this.client.readStream(stream, { from: revision, limit: 1 }, this.closing)) found = event;
    if (found?.revision === revision) return found;
    throw unavailable(`${stream} does not show what was appended to it`);
  }

  #read(stream: string, from: number): AsyncIterable<StoredEvent> {
    return this.client.readStream(stream, { from }, this.closing);
  }

  #refusalOf(error: unknown, { events }: Batch): unknown {
    if (!isTooLarge(error)) return toEventStoreError(error);
    const code = events.length === 1 ? 'event_too_large' : 'batch_too_large';
    return new EventStoreError(code, 'more than the server takes in one append (MaxAppendSize)', undefined, {
      cause: error,
    });
  }
}

/** The revision of the batch's last event if the stream has all of it, side by side and in this order; undefined if none of it. */
function revisionBefore(known: KnownStream, events: readonly SerializedEvent[]): number | undefined {
  const revisions = events.map(({ id }) => known.revisions.get(id));
  if (revisions.every((revision) => revision === undefined)) return undefined;
  const [first] = revisions;
  if (first === undefined || revisions.some((revision, index) => revision !== first + index))
    throw new EventStoreError('batch_partly_known', 'a part of the batch is known, or all of it in another order');
  return first + events.length - 1;
}

function checkRevision(expected: ExpectedRevision, actual: number): void {
  const met =
    expected === 'any' ||
    (expected === 'none' && actual < 0) ||
    (expected === 'exists' && actual >= 0) ||
    expected === actual;
  if (!met)
    throw new EventStoreError('wrong_expected_revision', `expected revision ${expected}, but it is ${actual}`, actual);
}

function chained(known: KnownStream, { events, call }: Batch): { hash: Buffer; stored: readonly EventToStore[] } {
  const recordedAt = new Date().toISOString();
  let { hash } = known;
  const stored = events.map((event, index) => {
    hash = chainHash(hash, known.revision + 1 + index, recordedAt, contentHash(event));
    return toStore(event, { recordedAt, hash: hash.toString('hex'), append: call });
  });
  return { hash, stored };
}
