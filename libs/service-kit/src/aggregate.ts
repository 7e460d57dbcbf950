import type { Actor, AggregateDeclaration, Decider, DomainEvent, Instant } from '@waymark/event-sourcing';
import type { RecordedEvent } from '@waymark/event-store';

/** An aggregate: its decider and how its events lie in the log. */
export interface Aggregate<State, Command, Event extends DomainEvent> extends AggregateDeclaration<State, Event> {
  readonly decider: Decider<State, Command, Event>;
}

/** Who sends a command, why, and as which attempt. The same `commandId` is the same command, however often it comes. */
export interface Call {
  readonly commandId: string;
  readonly correlationId: string;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  readonly purpose?: string;
  readonly traceparent?: string;
  /** `If-Match`: the revision that the caller insists on. */
  readonly ifMatch?: number;
}

/** An event with its sealed fields opened, and as it lies in the log. */
export interface HistoryEntry<Event> {
  readonly event: Event;
  readonly recorded: RecordedEvent;
}

export interface Loaded<State> {
  readonly state: State;
  /** -1: the stream does not exist. */
  readonly revision: number;
}

export interface Written<State, Event> extends Loaded<State> {
  readonly id: string;
  readonly position: bigint;
  /** What this command appended, now or when it first came. */
  readonly events: readonly Event[];
  /** The moment of these events, where it was this call that appended them. */
  readonly appendedAt?: Instant;
}
