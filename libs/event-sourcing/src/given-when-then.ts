import { isDeepStrictEqual } from 'node:util';
import { fold, type Decider, type DecisionContext } from './decider.js';
import type { DomainEvent } from './event.js';
import { DomainRejection } from './rejection.js';

const failure = (expected: unknown, actual: unknown): Error =>
  new Error(`expected ${JSON.stringify(expected, null, 2)}\nbut got ${JSON.stringify(actual, null, 2)}`);

/**
 * Specifies a decider as sentences: `specify(decider, context).given(events).when(command).then(events)` or
 * `.thenRejectedWith(code)`. Each ending throws when the decider says something else.
 */
export function specify<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  context: DecisionContext,
) {
  return {
    given: (...history: readonly Event[]) => ({
      when: (command: Command, changed: Partial<DecisionContext> = {}) => {
        const decide = () => decider.decide(command, fold(decider, history), { ...context, ...changed });
        return {
          then: (...expected: readonly Event[]): void => {
            const actual = decide();
            if (!isDeepStrictEqual(actual, expected)) throw failure(expected, actual);
          },
          thenTypes: (...types: readonly Event['type'][]): void => {
            const actual = decide().map((event) => event.type);
            if (!isDeepStrictEqual(actual, types)) throw failure(types, actual);
          },
          thenRejectedWith: (code: string, ...recorded: readonly string[]): void => {
            let outcome: unknown;
            try {
              outcome = decide();
            } catch (error) {
              if (!(error instanceof DomainRejection)) throw error;
              if (error.code !== code) throw failure(code, error.code);
              const types = error.record.map((event) => event.type);
              if (!isDeepStrictEqual(types, recorded)) throw failure(recorded, types);
              return;
            }
            throw failure(`a rejection with ${code}`, outcome);
          },
        };
      },
    }),
  };
}
