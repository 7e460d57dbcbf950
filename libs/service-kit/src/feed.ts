import type { RecordedEvent } from '@waymark/event-store';
import { openedAs, type OpenedEvent } from '@waymark/projections';
import type { Aggregates } from './aggregates.js';
import type { ServiceDefinition } from './service-definition.js';

/**
 * Opens the events of a service's feed; what belongs to none of its aggregates passes as it is. Followers who have read a page together
 * (`Together` of the event store) have it opened once: an event is opened for as long as somebody has it in hand, and no longer.
 */
export const feedOpener = (list: ServiceDefinition['aggregates'], aggregates: Aggregates) => {
  const opened = new WeakMap<RecordedEvent, Promise<OpenedEvent>>();
  const open = async (event: RecordedEvent): Promise<OpenedEvent> => {
    const aggregate = list.find(({ category }) => category === event.category);
    if (!aggregate) return openedAs(event, { data: event.data, erased: [] });
    return openedAs(event, await aggregates.open(aggregate, event));
  };
  return (event: RecordedEvent): Promise<OpenedEvent> => {
    const known = opened.get(event);
    if (known) return known;
    const opening = open(event);
    opened.set(event, opening);
    // Tried again by whoever tries again: a key service that was away comes back.
    opening.catch(() => opened.delete(event));
    return opening;
  };
};
