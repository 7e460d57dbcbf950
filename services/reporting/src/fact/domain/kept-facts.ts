import type { Decider, DomainEvent } from '@waymark/event-sourcing';

export interface KeepFact<Fact extends DomainEvent> {
  readonly type: 'KeepFact';
  readonly fact: Fact;
}

/** Keeps what is told of one thing, in the order in which it was told. That a message comes twice is noticed before. */
export const keepingFacts = <Fact extends DomainEvent>(): Decider<null, KeepFact<Fact>, Fact> => ({
  initialState: null,
  evolve: () => null,
  decide: ({ fact }) => [fact],
});
