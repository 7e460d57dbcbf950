import { hash } from 'node:crypto';
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
export function lengthPrefixed(...fields: readonly (string | Buffer)[]): Buffer {
  const sizes = fields.map((field) => (typeof field === 'string' ? Buffer.byteLength(field) : field.length));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + size, 0));
  let offset = 0;
  for (const [index, field] of fields.entries()) {
    offset = bytes.writeUInt32BE(sizes[index] ?? 0, offset);
    offset += typeof field === 'string' ? bytes.write(field, offset) : field.copy(bytes, offset);
  }
  return bytes;
}

// In one call: setting up a hash costs several times what it takes to run one over so little.
const hashOf = (...fields: readonly (string | Buffer)[]): Buffer => hash('sha256', lengthPrefixed(...fields), 'buffer');

/** What stands in for the predecessor's hash at revision 0: it ties the chain to the stream's name. */
export const streamSeed = (stream: string): Buffer => hashOf('waymark-stream-v1', stream);

/** SHA-256 over an event's identity and content. */
export const contentHash = (event: ChainedContent): Buffer =>
  hashOf('waymark-content-v1', event.id, event.type, String(event.schemaVersion), event.data, event.metadata);

/** The chain's value at an event. `recordedAt` as `Date.prototype.toISOString` writes it. */
export const chainHash = (previous: Buffer, revision: number, recordedAt: string, content: Buffer): Buffer =>
  hashOf('waymark-chain-v1', previous, String(revision), recordedAt, content);

/** An event as it lies in the log: what is verified, exported and imported. */
export interface StoredEvent extends ChainedContent {
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  /** As `Date.prototype.toISOString` writes it. */
  readonly recordedAt: string;
  /** The chain's value at the event as the log has it, lower-case hex. */
  readonly hash: string;
}

/** What the log holds of an event that was read through the port. */
export const asStored = (event: RecordedEvent): StoredEvent => {
  const { id, type, schemaVersion, stream, revision, position, recordedAt, hash, stored } = event;
  // Not by spreading the event: that would parse what nobody has asked for.
  return { id, type, schemaVersion, stream, revision, position, recordedAt, hash, ...stored };
};

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
    previous = chainHash(previous, event.revision, event.recordedAt, contentHash(asStored(event)));
    if (event.hash !== previous.toString('hex')) return { intact: false, revision: count, fault: 'hash' };
    count += 1;
  }
  return { intact: true, events: count, hash: count === 0 ? '' : previous.toString('hex') };
}
