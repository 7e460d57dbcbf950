import { createHash } from 'node:crypto';
import type { RecordedEvent } from './port.js';

/** What the chain covers of an event. `data` and `metadata` are the JSON texts as stored, never re-ordered. */
export interface ChainedContent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string;
}

/** Each field as a 4-byte big-endian length and its bytes, so that no two lists of fields give the same bytes. */
function hashOf(...fields: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const field of fields) {
    const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/** What stands in for the predecessor's hash at revision 0: it ties the chain to the stream's name. */
export const streamSeed = (stream: string): Buffer => hashOf('waymark-stream-v1', stream);

/** SHA-256 over an event's identity and content. */
export const contentHash = (event: ChainedContent): Buffer =>
  hashOf('waymark-content-v1', event.id, event.type, String(event.schemaVersion), event.data, event.metadata);

/** The chain's value at an event. `recordedAt` as `Date.prototype.toISOString` writes it. */
export const chainHash = (previous: Buffer, revision: number, recordedAt: string, content: Buffer): Buffer =>
  hashOf('waymark-chain-v1', previous, String(revision), recordedAt, content);

export type ChainVerdict =
  | { readonly intact: true; readonly events: number; readonly hash: string }
  | { readonly intact: false; readonly revision: number; readonly fault: 'hash' | 'revision' | 'stream' };

/**
 * Recomputes the chain of one stream from revision 0. `intact: false` names the first revision that is not as it was
 * written: its `hash` does not follow from the events up to it, its revision is not the next one, or it is of another stream.
 * A stream cut off at its end is intact up to there: compare `hash` and `events` with what is known from elsewhere.
 */
export async function verifyStream(
  events: Iterable<RecordedEvent> | AsyncIterable<RecordedEvent>,
): Promise<ChainVerdict> {
  let count = 0;
  let stream: string | undefined;
  let previous: Buffer = Buffer.alloc(0);
  for await (const event of events) {
    if (stream === undefined) {
      stream = event.stream;
      previous = streamSeed(stream);
    }
    if (event.stream !== stream) return { intact: false, revision: count, fault: 'stream' };
    if (event.revision !== count) return { intact: false, revision: count, fault: 'revision' };
    const content = contentHash({ ...event, ...event.stored });
    previous = chainHash(previous, event.revision, event.recordedAt, content);
    if (event.hash !== previous.toString('hex')) return { intact: false, revision: count, fault: 'hash' };
    count += 1;
  }
  return { intact: true, events: count, hash: count === 0 ? '' : previous.toString('hex') };
}
