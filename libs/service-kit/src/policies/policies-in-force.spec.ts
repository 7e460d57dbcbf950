import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf, PolicySet, type PolicySources, shippedSources } from '@waymark/access';
import { type EventStore, EventStoreError, openPostgresEventStore } from '@waymark/event-store';
import { FakeClock } from '@waymark/testing';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';
import { notePolicies, policiesOf, policyEvents } from './policies-in-force.js';

const shipped = shippedSources();
const stricter: PolicySources = {
  ...shipped,
  files: {
    ...shipped.files,
    'stricter.cedar': '@id("nobody-reads") @rule("Nobody.") forbid (principal, action, resource is Case);',
  },
};
const clock = new FakeClock();

let ground: TallyGround;
beforeAll(async () => {
  ground = await prepareGround();
});
afterAll(() => ground.close());

const note = (
  sources: PolicySources,
  service = 'tally',
  store: Pick<EventStore, 'append' | 'readStream'> = ground.store,
) => notePolicies(service, sources, { store, clock });
async function noted(): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const { data } of ground.store.readStream(policiesOf('tally')))
    if ('digest' in data) digests.push(String(data.digest));
  return digests;
}

// In this order: what is in force follows on what was.
describe('the policies that a service decides by', () => {
  it('are noted once by instances that start at once, and not again by one that starts later', async () => {
    const stores = Array.from({ length: 6 }, () =>
      openPostgresEventStore({ url: String(ground.environment.EVENT_STORE_URL), poolSize: 1 }),
    );
    await Promise.all(stores.map((store) => note(shipped, 'tally', store)));
    await note(shipped);
    expect(await noted()).toEqual([digestOf(shipped)]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('are in the log whole, so that the past can be asked about', async () => {
    for await (const { type, data, schemaVersion } of ground.store.readStream(policiesOf('tally'))) {
      expect({ type, schemaVersion }).toEqual({ type: 'PolicySetInForce', schemaVersion: 1 });
      expect(policyEvents.PolicySetInForce.faultsIn(data)).toEqual([]);
      const { schema, files } = data as { schema: string; files: { name: string; text: string }[] };
      const again = { schema, files: Object.fromEntries(files.map(({ name, text }) => [name, text])) };
      expect(digestOf(again)).toBe(digestOf(shipped));
      expect(new PolicySet(again).policies.length).toBeGreaterThan(30);
    }
  });

  it('are noted again when a release changes them, and when it is taken back', async () => {
    await note(stricter);
    await note(shipped);
    await note(shipped);
    expect(await noted()).toEqual([shipped, stricter, shipped].map(digestOf));
  });

  it('are noted one after the other by instances of two releases, never the same twice in a row', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => note(index % 2 === 0 ? stricter : shipped)));
    const digests = await noted();
    expect(digests.filter((digest, index) => digest === digests[index - 1])).toEqual([]);
    expect(new Set(digests.slice(3))).toContain(digestOf(stricter));
  });

  it('are noted all the same when the answer to the append was lost', async () => {
    const before = await noted();
    const next = before.at(-1) === digestOf(shipped) ? stricter : shipped;
    const losing: Pick<EventStore, 'append' | 'readStream'> = {
      readStream: (...asked) => ground.store.readStream(...asked),
      append: async (...asked) => {
        await ground.store.append(...asked);
        throw new EventStoreError('unavailable', 'the line was cut');
      },
    };
    await expect(note(next, 'tally', losing)).rejects.toMatchObject({ code: 'unavailable' });
    await note(next);
    expect(await noted()).toEqual([...before, digestOf(next)]);
  });

  it('keep a service from starting that may not note them', async () => {
    await expect(note(shipped, 'strangers')).rejects.toMatchObject({ code: 'category_forbidden' });
  });
});
