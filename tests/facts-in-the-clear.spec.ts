import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allMessages, withoutSealed } from '@waymark/contracts';
import { payloadsOf } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import { aggregatesOf, Secrets } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { goldenFiles } from './golden-files.fixture.js';

const secrets = new Secrets(Buffer.alloc(32, 7));

interface Golden {
  readonly sealed: Readonly<Record<string, unknown>>;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const recorded = (category: string, type: string, data: object): OpenedEvent => ({
  ...{ position: 1n, stream: `${category}-018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10`, category, revision: 0, type, data },
  ...{ id: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11', schemaVersion: 1, recordedAt: '2026-03-02T08:00:00.000Z', hash: '' },
  ...{ stored: { data: '', metadata: '' }, erased: [] },
  metadata: {
    ...{ actor: { kind: 'staff', id: 'amina' }, correlationId: 'correlation', causationId: 'cause' },
    occurredAt: '2026-03-02T08:00:00.000Z',
  },
});

/** Each event of which facts are told, as an example of it: whole, and as whoever has no key reads it in the log. */
const told = definitions.flatMap((service) =>
  aggregatesOf(service).flatMap(({ category, events }) =>
    Object.entries<{ readonly version: number }>(events).flatMap(([type, { version }]) => {
      const file = goldenFiles.find((golden) => golden.type === type && golden.version === version);
      if (!service.publishFacts || !file) return [];
      const { sealed, examples }: Golden = JSON.parse(
        readFileSync(path.join(file.folder, `${type}.v${version}.json`), 'utf8'),
      );
      return examples.flatMap((example) => {
        const place = 'place' in example ? { place: { country: 'AR', subdivision: 'AR-B' } } : {};
        const clear = Object.fromEntries(Object.entries(example).filter(([field]) => !(field in sealed)));
        const factsOf = (data: object) =>
          payloadsOf(service.publishFacts?.(recorded(category, type, data), Object({ secrets })));
        const whole = factsOf({ ...example, ...place });
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
