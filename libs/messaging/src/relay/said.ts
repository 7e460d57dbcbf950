import type { RecordedEvent } from '@waymark/event-store';
import type { Message } from '../port.js';
import { compose, payloadsOf, type Payload } from './compose.js';
import type { RelayOptions } from './relay-options.js';
import type { Sequences } from './sequences.js';

export interface Said {
  readonly event: RecordedEvent;
  readonly payload: Payload;
}

/** What events say to others, in their order. */
export async function saidBy(
  events: readonly RecordedEvent[],
  { translate }: Pick<RelayOptions, 'translate'>,
): Promise<readonly Said[]> {
  const said: Said[] = [];
  for (const event of events) for (const payload of payloadsOf(await translate(event))) said.push({ event, payload });
  return said;
}

/** Their messages, each with the next number of its subject. */
export async function messagesFor(
  said: readonly Said[],
  { service }: Pick<RelayOptions, 'service'>,
  sequences: Sequences,
): Promise<readonly Message[]> {
  await sequences.learn(said.map(({ payload }) => payload.subject));
  return said.map(({ event, payload }) => compose(service, event, payload, sequences.next(payload.subject)));
}
