import { type Decider, type DecisionContext, type DomainEvent, DomainRejection, fold } from '@waymark/event-sourcing';
import type { HistoryEntry } from './aggregate.js';

/**
 * Events that a refusal recorded are found again by a retry like any others. Deciding once more what was decided then gives the
 * refusal back, so that it is not taken for a success.
 */
export function throwIfRefusedBefore<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  command: Command,
  history: readonly HistoryEntry<Event>[],
  recorded: readonly HistoryEntry<Event>[],
  then: DecisionContext,
): void {
  const [first] = recorded;
  const earlier = history.slice(0, first && history.indexOf(first)).map(({ event }) => event);
  try {
    decider.decide(command, fold(decider, earlier), then);
  } catch (error) {
    if (!(error instanceof DomainRejection)) return;
    const types = error.record.map(({ type }) => type);
    if (types.length > 0 && types.join() === recorded.map(({ event }) => event.type).join()) throw error;
  }
}
