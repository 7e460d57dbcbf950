import type { RecordedEvent } from '@waymark/event-store';
import { openedAs, type OpenedEvent } from '@waymark/projections';
import type { Aggregates } from './aggregates.js';
import type { ServiceDefinition } from './service-definition.js';

/** Opens the events of a service's feed; what belongs to none of its aggregates passes as it is. */
export const feedOpener =
  (list: ServiceDefinition['aggregates'], aggregates: Aggregates) =>
  async (event: RecordedEvent): Promise<OpenedEvent> => {
    const aggregate = list.find(({ category }) => category === event.category);
    if (!aggregate) return openedAs(event, { data: event.data, erased: [] });
    return openedAs(event, await aggregates.open(aggregate, event));
  };
