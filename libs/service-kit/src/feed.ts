import type { EventDeclaration } from '@waymark/event-sourcing';
import type { RecordedEvent } from '@waymark/event-store';
import { openedAs, type OpenedEvent, type SealedFields } from '@waymark/projections';
import type { Aggregates } from './aggregates.js';
import type { ServiceDefinition } from './service-definition.js';
import { leavingOut } from './unopened.js';

type Opener = (event: RecordedEvent) => Promise<OpenedEvent>;

/**
 * Opens the events of a service's feed, of the sealed fields those that a follower names; what belongs to none of its aggregates passes
 * as it is. Followers who have read a page together (`Together` of the event store) have what nobody opens read once: an event is kept
 * for as long as somebody has it in hand, and no longer.
 */
export const feedOpener = (list: ServiceDefinition['aggregates'], aggregates: Aggregates) => {
  const opens = openerOf(list, aggregates);
  const sealed = opens({});
  const read = new WeakMap<RecordedEvent, Promise<OpenedEvent>>();
  const readOnce: Opener = (event) => {
    const known = read.get(event);
    if (known) return known;
    const reading = sealed(event);
    read.set(event, reading);
    return reading;
  };
  return (named: SealedFields = {}): Opener => {
    const open = opens(named);
    return (event) => (named[event.type] ? open(event) : readOnce(event));
  };
};

const openerOf =
  (list: ServiceDefinition['aggregates'], aggregates: Aggregates) =>
  (named: SealedFields): Opener => {
    const unopened = unopenedBy(list, named);
    return async (event) => {
      const aggregate = list.find(({ category }) => category === event.category);
      if (!aggregate) return openedAs(event, { data: event.data, erased: [] });
      const { data, erased } = await aggregates.open(aggregate, event, named[event.type] ?? []);
      return openedAs(event, { data: unopened(event)(data), erased });
    };
  };

/**
 * How the data of an event look to a follower who names these fields. Throws a `TypeError` for a name that is no sealed field of an
 * event of these aggregates.
 */
export function unopenedBy(
  list: ServiceDefinition['aggregates'],
  named: SealedFields,
): (event: Pick<RecordedEvent, 'category' | 'type'>) => (data: object) => object {
  const declared = list.map(({ category, events }) => ({ category, events: Object.entries<EventDeclaration>(events) }));
  for (const [type, fields = []] of Object.entries(named))
    for (const field of fields)
      if (
        !declared.some(({ events }) =>
          events.some(([name, { sealed }]) => name === type && Object.hasOwn(sealed, field)),
        )
      )
        throw new TypeError(`${type}.${field} is no sealed field`);
  const views = new Map(
    declared.flatMap(({ category, events }) =>
      events.map(([type, { sealed }]) => {
        const unopened = Object.keys(sealed).filter((field) => !named[type]?.includes(field));
        return [`${category} ${type}`, leavingOut(type, unopened)] as const;
      }),
    ),
  );
  return ({ category, type }) => views.get(`${category} ${type}`) ?? ((data) => data);
}
