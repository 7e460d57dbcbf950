import type { MessageContract } from '@waymark/contracts';
import { derivedId, type Message } from '@waymark/messaging';

/** A whole message as it travels, around one of the contract's examples. The same each time. */
export function exampleMessage({ type, source, key }: MessageContract, example: object): Message {
  const subject = String(Object.entries(example).find(([name]) => name === `${key}Id`)?.[1]);
  return {
    specversion: '1.0',
    id: derivedId('example', type),
    source,
    type,
    subject,
    time: '2026-03-02T09:30:00.000Z',
    datacontenttype: 'application/json',
    sequence: 1,
    partitionkey: subject,
    correlationid: derivedId('example', 'correlation'),
    causationid: derivedId('example', type, 'cause'),
    data: example,
  };
}
