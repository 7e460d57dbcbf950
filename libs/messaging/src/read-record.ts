import { decodeMessage, encodeMessage, UnreadableMessage } from './envelope.js';
import type { Message } from './port.js';

export interface StoredRecord {
  /** Null where the broker holds a record without one. */
  readonly value: Buffer | null;
  /** As its header says; absent where the record has no such header. */
  readonly contentType?: string;
}

/** What is larger is no message of ours: an event of the log has at most as much. */
const mostBytes = 1024 * 1024;
const mostBytesOfName = 512;
/** Beneath, nothing can be nested so deeply that it could not be written again. */
const shallowBytes = 4_000;

const names = ['id', 'source', 'type', 'subject'] as const;

/**
 * The message in a record, such that a consumer can also keep it: names that a table's key can hold, content that can be written
 * again. Throws `UnreadableMessage` for everything else, so that it ends in dead letters instead of being tried for ever.
 */
export function readRecord({ value, contentType }: StoredRecord): Message {
  if (value === null) throw new UnreadableMessage('there is no value');
  if (value.length > mostBytes) throw new UnreadableMessage(`larger than ${mostBytes} bytes`);
  if (contentType !== undefined && !/^application\/cloudevents\+json\s*(;|$)/i.test(contentType))
    throw new UnreadableMessage('content-type is not application/cloudevents+json');
  const message = decodeMessage(value);
  for (const name of names) {
    if (message[name].includes('\0')) throw new UnreadableMessage(`${name} holds a NUL`);
    if (Buffer.byteLength(message[name]) > mostBytesOfName)
      throw new UnreadableMessage(`${name} is longer than ${mostBytesOfName} bytes`);
  }
  if (value.length > shallowBytes) writeAgain(message);
  return message;
}

function writeAgain(message: Message): void {
  try {
    encodeMessage(message);
  } catch {
    throw new UnreadableMessage('nested too deeply');
  }
}
