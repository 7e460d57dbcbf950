import { EventStoreError, type EventStoreErrorCode, type EventToAppend, type ExpectedRevision } from './port.js';

export const limits = {
  /** Bytes of an event's data and metadata together. */
  eventBytes: 1_048_576,
  /** Bytes of all the events of a batch. */
  batchBytes: 67_108_864,
  batchEvents: 10_000,
  /** Objects and arrays inside one another. */
  depth: 64,
} as const;

const streamName = /^([a-z][a-z0-9_]{0,63})-[A-Za-z0-9_-]{1,128}$/;
const categoryName = /^[a-z][a-z0-9_]{0,63}$/;
const eventType = /^[A-Z][A-Za-z0-9]{0,99}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const utcTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** An event as it goes to storage: the JSON texts are the bytes that are hashed. */
export interface SerializedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string;
}

const refuse = (code: EventStoreErrorCode, message: string): never => {
  throw new EventStoreError(code, message);
};

/** The category of a stream's name, or `invalid_stream`. */
export function categoryOf(stream: string): string {
  return streamName.exec(stream)?.[1] ?? refuse('invalid_stream', `not a stream name: ${JSON.stringify(stream)}`);
}

export function checkCategory(category: string): string {
  return categoryName.test(category)
    ? category
    : refuse('invalid_stream', `not a stream category: ${JSON.stringify(category)}`);
}

export function checkExpected(expected: ExpectedRevision): ExpectedRevision {
  if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    return refuse('wrong_expected_revision', `${expected} can be no stream's revision`);
  }
  return expected;
}

/** Refuses what would not come back as it went in: JSON.stringify drops or bends it without a word. */
function checkJson(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      refuse('invalid_event', `${path}: a number that is not kept exactly`);
    }
    return;
  }
  if (typeof value !== 'object') return refuse('invalid_event', `${path}: ${typeof value} is no JSON`);
  if (depth > limits.depth) return refuse('invalid_event', `${path.slice(0, 80)}…: nested too deeply`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) checkJson(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  if (Object.prototype.toString.call(value) !== '[object Object]' || 'toJSON' in value) {
    return refuse('invalid_event', `${path}: not a plain object`);
  }
  for (const [key, member] of Object.entries(value)) checkJson(member, `${path}.${key}`, depth + 1);
}

function toJson(value: unknown, path: string): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('invalid_event', `${path}: not a JSON object`);
  }
  checkJson(value, path, 0);
  return JSON.stringify(value);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

function checkMetadata(event: EventToAppend): void {
  const metadata: Partial<EventToAppend['metadata']> | undefined = event.metadata;
  const complete =
    isText(metadata?.actor?.kind) &&
    isText(metadata.actor.id) &&
    isText(metadata.correlationId) &&
    isText(metadata.causationId) &&
    isText(metadata.occurredAt);
  const optional = [metadata?.onBehalfOf, metadata?.unit, metadata?.purpose, metadata?.traceparent];
  if (!complete || !optional.every((value) => value === undefined || typeof value === 'string')) {
    refuse(
      'invalid_event',
      'metadata needs actor.kind, actor.id, correlationId, causationId and occurredAt; all the rest is text',
    );
  }
  const { occurredAt } = event.metadata;
  if (!utcTime.test(occurredAt) || Number.isNaN(Date.parse(occurredAt))) {
    refuse('invalid_event', 'metadata.occurredAt must be RFC 3339 in UTC');
  }
}

function serialize(event: EventToAppend): SerializedEvent {
  if (!uuid.test(event.id)) refuse('invalid_event', 'an event id is a UUID in lower case');
  if (!eventType.test(event.type)) refuse('invalid_event', `not an event type: ${JSON.stringify(event.type)}`);
  if (!Number.isInteger(event.schemaVersion) || event.schemaVersion < 1 || event.schemaVersion > 0x7fffffff) {
    refuse('invalid_event', 'schemaVersion counts from 1');
  }
  checkMetadata(event);
  const { id, type, schemaVersion } = event;
  // What may be left out of the metadata may also be given as undefined; in data that would hide a mistake.
  const metadata = Object.fromEntries(Object.entries(event.metadata).filter(([, value]) => value !== undefined));
  return { id, type, schemaVersion, data: toJson(event.data, 'data'), metadata: toJson(metadata, 'metadata') };
}

/** A batch ready to be stored, or the refusal that every adapter gives. */
export function serializeBatch(events: readonly EventToAppend[]): readonly SerializedEvent[] {
  if (events.length === 0) refuse('invalid_event', 'a batch needs an event');
  if (events.length > limits.batchEvents)
    refuse('batch_too_large', `a batch holds ${limits.batchEvents} events at most`);
  let batchBytes = 0;
  const serialized = events.map((event) => {
    const each = serialize(event);
    const bytes = Buffer.byteLength(each.data) + Buffer.byteLength(each.metadata);
    if (bytes > limits.eventBytes) refuse('event_too_large', `${event.type} has ${bytes} bytes`);
    batchBytes += bytes;
    if (batchBytes > limits.batchBytes) refuse('batch_too_large', `a batch holds ${limits.batchBytes} bytes at most`);
    return each;
  });
  if (new Set(serialized.map((event) => event.id)).size < serialized.length) {
    refuse('invalid_event', 'an event id occurs twice in the batch');
  }
  return serialized;
}
