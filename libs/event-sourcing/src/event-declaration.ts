import type { DomainEvent } from './event.js';

/** Whose data key seals a field: erasing that person makes the field unreadable. */
export type Subject = 'client' | 'reporter' | 'alleged_person' | 'witness';

/** What the log needs to know of one event type: its schema version, and which fields are sealed for whom. */
export interface EventDeclaration<Data extends object> {
  readonly version: number;
  readonly sealed: { readonly [Field in keyof Data]?: Subject };
}

/** The declarations of all events of an aggregate, keyed by type; the compiler demands every type. */
export type EventDeclarations<Event extends DomainEvent> = {
  readonly [E in Event as E['type']]: EventDeclaration<E['data']>;
};

/** How an aggregate's events lie in the log. A stream is `<category>-<id>`. */
export interface AggregateDeclaration<State, Event extends DomainEvent> {
  readonly category: string;
  readonly events: EventDeclarations<Event>;
  /** Ids of the persons whose keys seal this aggregate's fields, read from the state after the event. */
  readonly subjects: (state: State) => Partial<Record<Subject, string>>;
}
