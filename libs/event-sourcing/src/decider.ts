import type { DomainEvent, Instant } from './event.js';

/** Who acts, as the domain needs to know it. `id` is the token's subject, a receipt session's id, a service's name, or an account's. */
export interface Actor {
  readonly kind: 'staff' | 'reporter' | 'service' | 'clock' | 'operator';
  readonly id: string;
  readonly roles: readonly string[];
  readonly unit?: string;
}

/** All that a decision may know besides command and state. `newId(label)` gives the same id for the same command retried. */
export interface DecisionContext {
  readonly now: Instant;
  readonly actor: Actor;
  readonly newId: (label: string) => string;
  /** Id in the log of the event that this decision returns at that place: for facts that others cite by their event. */
  readonly eventIdAt: (index: number) => string;
}

/**
 * One aggregate as pure functions. `decide` returns the events that follow or throws a `DomainRejection`;
 * `evolve` folds one event. Neither does I/O, reads a clock or draws randomness.
 * After Jérémie Chassaing, "Functional Event Sourcing Decider" (2021).
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  readonly initialState: State;
  readonly decide: (command: Command, state: State, context: DecisionContext) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
}

/** Folds a history onto the initial state. */
export function fold<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>,
  history: readonly Event[],
): State {
  return history.reduce(decider.evolve, decider.initialState);
}
