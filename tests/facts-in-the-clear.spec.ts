import { describe, expect, it } from '@jest/globals';
import { allMessages, withoutSealed } from '@waymark/contracts';
import { payloadsOf } from '@waymark/messaging';
import { aggregatesOf, Secrets } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { goldenOf, recorded } from './golden-opened.fixture.js';

const secrets = new Secrets(Buffer.alloc(32, 7));

/** Each event of which facts are told, as an example of it: whole, and as whoever has no key reads it in the log. */
const told = definitions.flatMap((service) =>
  aggregatesOf(service).flatMap(({ category, events }) =>
    Object.entries<{ readonly version: number }>(events).flatMap(([type, { version }]) => {
      const golden = goldenOf(type, version);
      if (!service.publishFacts || !golden) return [];
      const { sealed, examples } = golden;
      return examples.flatMap((example) => {
        const clear = Object.fromEntries(Object.entries(example).filter(([field]) => !(field in sealed)));
        const factsOf = (data: object) =>
          payloadsOf(service.publishFacts?.(recorded(category, type, data), Object({ secrets })));
        const whole = factsOf(example);
        return whole.length === 0 ? [] : [{ type, whole, clear: factsOf(clear) }];
      });
    }),
  ),
);

describe('what a fact is said to tell in the clear', () => {
  it('is looked at for every fact that is published', () => {
    const facts = allMessages.filter(({ fact, retired }) => fact && !retired).map(({ type }) => type);
    const seen = told.flatMap(({ whole }) => whole.filter(({ withdrawn }) => !withdrawn).map(({ type }) => type));
    expect([...new Set(seen)].sort()).toEqual(facts.toSorted());
  });

  it.each(told)('follows from what $type says in the clear, and nothing else does', ({ whole, clear }) => {
    const bare = whole.map((payload) => {
      const contract = allMessages.find(({ type }) => type === payload.type);
      return contract && !payload.withdrawn ? { ...payload, data: withoutSealed(contract, payload.data) } : payload;
    });
    // Where it goes bare it says what anybody could have computed of the log.
    expect(clear).toEqual(bare);
  });
});
