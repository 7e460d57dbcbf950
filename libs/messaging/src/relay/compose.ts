import type { RecordedEvent } from '@waymark/event-store';
import { derivedId } from '../derived-id.js';
import type { Message } from '../port.js';

/** What an event says to other services. The relay makes the envelope. */
export interface Payload {
  readonly type: string;
  /** Id of the aggregate it is about. */
  readonly subject: string;
  readonly data: object;
  /** When it happened, unless `occurredAt` of the event. */
  readonly time?: string;
  /** Leaves out whatever ties the message to its event: for de-identified facts. */
  readonly unlinked?: boolean;
  /**
   * What was published under this type is not said any more. Its message keeps id and place, so that those after it keep theirs when
   * everything is published again, but has no content and a type that nobody handles.
   */
  readonly withdrawn?: boolean;
}

/** Takes the place of a message whose type was withdrawn. */
export const withdrawnType = 'waymark.message-withdrawn.v1';

/** Any number of payloads of different types for one event, in this order. */
export type Translation = Payload | readonly Payload[] | undefined;

const isList = (translation: Payload | readonly Payload[]): translation is readonly Payload[] =>
  Array.isArray(translation);

export const payloadsOf = (translation: Translation): readonly Payload[] => {
  if (translation === undefined) return [];
  return isList(translation) ? translation : [translation];
};

/** The envelope of a payload: everything in it follows from the log, so that it is the same each time. */
export function compose(service: string, event: RecordedEvent, payload: Payload, sequence: number): Message {
  // An event's id follows from its aggregate's: whoever knows that could compute an id made of it, and so find the fact.
  const cause = payload.unlinked ? [service, payload.subject, String(sequence)] : [event.id];
  const id = derivedId('message', ...cause, payload.type);
  const { correlationId, occurredAt, traceparent } = event.metadata;
  const links = payload.unlinked
    ? { correlationid: id, causationid: id }
    : { correlationid: correlationId, causationid: event.id, ...(traceparent === undefined ? {} : { traceparent }) };
  return {
    specversion: '1.0',
    id,
    source: `/waymark/${service}`,
    type: payload.withdrawn ? withdrawnType : payload.type,
    subject: payload.subject,
    time: payload.time ?? occurredAt,
    datacontenttype: 'application/json',
    sequence,
    partitionkey: payload.subject,
    ...links,
    data: payload.withdrawn ? {} : payload.data,
  };
}
