import type { Page, RecordedEvent } from '@waymark/event-store';
import type { Message } from '../port.js';
import { compose, payloadsOf, type Payload } from './compose.js';
import type { RelayOptions } from './relay-options.js';
import type { Sequences } from './sequences.js';

export interface Said {
  readonly event: RecordedEvent;
  readonly payload: Payload;
}

/** What an event says to others cannot be told: nothing of it is published, nor what follows. */
export class CannotTranslate extends Error {
  override readonly name = 'CannotTranslate';

  constructor(
    readonly position: bigint,
    override readonly cause: unknown,
  ) {
    super(`the event at position ${position} cannot be translated`);
  }
}

/** What a page says to others, up to a position. */
export interface SaidByPage {
  readonly said: readonly Said[];
  /** Undefined when not even its first event can be translated. */
  readonly position: bigint | undefined;
  /** Why it ends before the page does. */
  readonly failed?: CannotTranslate;
}

/** What the events of a page say to others, in their order, up to the first that cannot be translated. */
export async function saidBy(
  { events, position }: Page,
  options: Pick<RelayOptions, 'translate'>,
): Promise<SaidByPage> {
  const said: Said[] = [];
  let before: bigint | undefined;
  for (const event of events) {
    try {
      for (const payload of await payloadsIn(event, options)) said.push({ event, payload });
    } catch (failed) {
      if (!(failed instanceof CannotTranslate)) throw failed;
      return { said, position: before, failed };
    }
    before = event.position;
  }
  return { said, position };
}

/** What an event says to others; rejects with `CannotTranslate`. */
export async function payloadsIn(
  event: RecordedEvent,
  { translate }: Pick<RelayOptions, 'translate'>,
): Promise<readonly Payload[]> {
  try {
    return payloadsOf(await translate(event));
  } catch (error) {
    throw new CannotTranslate(event.position, error);
  }
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
