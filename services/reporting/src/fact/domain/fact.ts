import type { Behaviour, Channel, Matter } from '@waymark/contracts';
import type { Decider, DomainEvent, EventDeclarations } from '@waymark/event-sourcing';

/** A de-identified fact of one contact, under a pseudonym that reporting cannot join back. */
export interface ContactFact {
  readonly factId: string;
  readonly month: string;
  readonly channel: Channel;
  readonly country?: string;
  readonly subdivision?: string;
  readonly matters: readonly Matter[];
  readonly behaviours: readonly Behaviour[];
}

export type FactEvent = DomainEvent<'FactReceived', ContactFact>;
export type FactCommand = { readonly type: 'ReceiveFact'; readonly fact: ContactFact };
export type FactState = { readonly received: boolean };

/** Nothing is sealed: reporting holds no key, and a fact names nobody. */
export const factEvents: EventDeclarations<FactEvent> = { FactReceived: { version: 1, sealed: {} } };

/** Keeps each fact once. */
export const factDecider: Decider<FactState, FactCommand, FactEvent> = {
  initialState: { received: false },
  evolve: () => ({ received: true }),
  decide: (command, state) => (state.received ? [] : [{ type: 'FactReceived', data: command.fact }]),
};
