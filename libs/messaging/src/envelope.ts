import type { Message } from './port.js';

/** A record that is no CloudEvents envelope of ours. `message` names the rule broken and quotes nothing. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/** The largest Integer of CloudEvents. */
const mostSequence = 2_147_483_647;

const texts = ['id', 'source', 'type', 'subject', 'correlationid', 'causationid'] as const;

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const known: ReadonlySet<string> = new Set([
  ...texts,
  ...['specversion', 'time', 'datacontenttype', 'sequence', 'partitionkey', 'traceparent', 'data'],
]);

/** Attributes that we do not know may come with any message, in the shape that CloudEvents gives them. */
const isAttribute = (name: string, value: unknown): boolean =>
  /^[a-z0-9]{1,20}$/.test(name) && ['string', 'boolean', 'number'].includes(typeof value);

function ruleBroken(candidate: Partial<Record<string, unknown>>): string | undefined {
  if (candidate['specversion'] !== '1.0') return 'specversion is not 1.0';
  for (const name of texts) {
    const value = candidate[name];
    if (typeof value !== 'string' || value === '') return `${name} is not a text`;
  }
  const { subject, time, datacontenttype, sequence, partitionkey, traceparent, data } = candidate;
  if (typeof time !== 'string' || !rfc3339.test(time) || Number.isNaN(Date.parse(time))) return 'time is not a time';
  if (datacontenttype !== 'application/json') return 'datacontenttype is not application/json';
  if (typeof sequence !== 'number' || !Number.isInteger(sequence) || sequence < 1 || sequence > mostSequence)
    return 'sequence is not a number from 1';
  if (partitionkey !== undefined && partitionkey !== subject) return 'partitionkey is not the subject';
  if (traceparent !== undefined && typeof traceparent !== 'string') return 'traceparent is not a text';
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data is not an object';
  for (const name in candidate)
    if (!known.has(name) && !isAttribute(name, candidate[name])) return 'an attribute is none of CloudEvents';
  return undefined;
}

const isObject = (value: unknown): value is Partial<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isMessage(value: unknown): value is Message {
  if (!isObject(value)) throw new UnreadableMessage('not a JSON object');
  const broken = ruleBroken(value);
  if (broken !== undefined) throw new UnreadableMessage(broken);
  return true;
}

/** Structured JSON (CloudEvents 1.0, `application/cloudevents+json`). Throws `UnreadableMessage` for what no consumer could read. */
export function encodeMessage(message: Message): Buffer {
  isMessage(message);
  return Buffer.from(JSON.stringify(message), 'utf8');
}

/** The message in these bytes, or throws `UnreadableMessage`. */
export function decodeMessage(value: Buffer): Message {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value));
  } catch {
    throw new UnreadableMessage('not JSON in UTF-8');
  }
  if (isMessage(parsed)) return parsed;
  throw new UnreadableMessage('not a message');
}
