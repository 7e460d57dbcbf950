import type { EventMetadata, RecordedEvent } from '../port.js';
import type { SerializedEvent } from '../validation.js';

/** An event as the server hands it out. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** Commit position in the server's log. */
  readonly position: bigint;
  /** Undefined when the client did not hand out bytes, as for JSON that somebody else has written. */
  readonly data: Uint8Array | undefined;
  readonly metadata: Uint8Array | undefined;
}

/** An event as the server takes it. */
export interface EventToStore {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** What is known of an event besides what the port's caller gave. */
export interface Seal {
  readonly recordedAt: string;
  /** The chain's value, lower-case hex. */
  readonly hash: string;
  /** Name of the call to `append` that stored it: two calls with the same event ids can be told apart. */
  readonly append: string;
}

interface Header extends Seal {
  readonly waymark: 1;
  readonly schemaVersion: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The data go as they are. The server's user metadata of an event are two lines of JSON: the header, and the exact text of the
 * port's metadata. Two lines are no JSON text, so the client hands them back as bytes instead of parsing and forgetting them.
 */
export function toStore(event: SerializedEvent, { recordedAt, hash, append }: Seal): EventToStore {
  const header: Header = { waymark: 1, schemaVersion: event.schemaVersion, recordedAt, hash, append };
  return {
    id: event.id,
    type: event.type,
    data: encoder.encode(event.data),
    metadata: encoder.encode(`${JSON.stringify(header)}\n${event.metadata}`),
  };
}

/** An event in one of the log's streams that did not come from this adapter. Its reader must stop, not guess. */
export class ForeignEvent extends Error {
  override readonly name = 'ForeignEvent';

  constructor(event: StoredEvent, cause?: unknown) {
    super(`event ${event.revision} of ${event.stream} was not written by this log's adapter`, { cause });
  }
}

const isHeader = (value: unknown): value is Header =>
  typeof value === 'object' &&
  value !== null &&
  'waymark' in value &&
  value.waymark === 1 &&
  'schemaVersion' in value &&
  typeof value.schemaVersion === 'number' &&
  'recordedAt' in value &&
  typeof value.recordedAt === 'string' &&
  'hash' in value &&
  typeof value.hash === 'string' &&
  'append' in value &&
  typeof value.append === 'string';

function open(event: StoredEvent): { readonly header: Header; readonly metadata: string } {
  const text = decoder.decode(event.metadata);
  const end = text.indexOf('\n');
  const header: unknown = JSON.parse(text.slice(0, end));
  if (!isHeader(header)) throw new ForeignEvent(event);
  return { header, metadata: text.slice(end + 1) };
}

/** The seal of a stored event. Throws `ForeignEvent`. */
export function sealOf(event: StoredEvent): Seal {
  try {
    return open(event).header;
  } catch (error) {
    throw error instanceof ForeignEvent ? error : new ForeignEvent(event, error);
  }
}

/** The port's form of a stored event. Throws `ForeignEvent`. */
export function toRecordedEvent(event: StoredEvent): RecordedEvent {
  try {
    if (event.data === undefined) throw new ForeignEvent(event);
    const { header, metadata: storedMetadata } = open(event);
    const storedData = decoder.decode(event.data);
    const data: object = JSON.parse(storedData);
    const metadata: EventMetadata = JSON.parse(storedMetadata);
    return {
      id: event.id,
      type: event.type,
      schemaVersion: header.schemaVersion,
      data,
      metadata,
      stream: event.stream,
      category: event.stream.slice(0, event.stream.indexOf('-')),
      revision: event.revision,
      position: event.position,
      recordedAt: header.recordedAt,
      hash: header.hash,
      stored: { data: storedData, metadata: storedMetadata },
    };
  } catch (error) {
    throw error instanceof ForeignEvent ? error : new ForeignEvent(event, error);
  }
}
