import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { newEvents } from '../contract/log-under-contract.js';
import { EventStoreError, type EventStore, type EventToAppend } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

const wanted = 4_000;
const writers = 6;
const categories = ['thing', 'other', 'rare'] as const;
const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: small, and the same numbers for the same seed. */
function randomFrom(start: number) {
  let state = start | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { chance: (probability: number) => next() < probability, upTo: (count: number) => Math.floor(next() * count) };
}
type Random = ReturnType<typeof randomFrom>;

/** Appends until it is told that it is stored, as a caller would whose answers get lost. */
async function insist(store: EventStore, stream: string, events: readonly EventToAppend[]): Promise<void> {
  for (;;) {
    try {
      await store.append(stream, 'any', events);
      return;
    } catch (error) {
      if (!(error instanceof EventStoreError) || error.code !== 'unavailable') throw error;
    }
  }
}

/** A transaction that stays open for a moment and then commits, rolls back or loses its connection. */
async function appendByHand(log: LogUnderTest, url: string, stream: string, random: Random): Promise<void> {
  const client = await log.connect(url);
  try {
    await client.query('begin');
    for (let count = random.upTo(3); count >= 0; count -= 1) await log.appendOn(client, stream);
    await delay(random.upTo(30));
    if (random.chance(0.3)) await client.query('select pg_terminate_backend(pg_backend_pid())');
    else await client.query(random.chance(0.5) ? 'commit' : 'rollback');
  } catch {
    // The killer may have been here first; what was stored is read from the table in the end.
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('under rollbacks, killed connections and concurrent writers', () => {
  it(`no reader skips, repeats or reorders an event (WAYMARK_TEST_SEED=${seed})`, async () => {
    const log = await openLogUnderTest();
    const admin = await log.connect(log.url);
    const role = await log.role({ append: categories, read: 'all' });
    const rareRole = await log.role({ read: ['rare'] });
    const controller = new AbortController();
    const follow = (store: EventStore, batchSize: number, only?: readonly string[]) => {
      const seen: string[] = [];
      const following = (async () => {
        const options = { after: 0n, batchSize, signal: controller.signal, ...(only && { categories: only }) };
        for await (const page of store.subscribe(options)) seen.push(...page.events.map((event) => event.id));
      })();
      return { seen, following, only };
    };
    const shared = log.openStore(role.url);
    const readers = [
      follow(shared, 1_000),
      follow(shared, 3),
      follow(log.openStore(role.url), 50, ['thing', 'rare']),
      { ...follow(log.openStore(rareRole.url), 10), only: ['rare'] },
    ];

    let stored = 0;
    const write = async (writer: number): Promise<void> => {
      const random = randomFrom(seed + writer);
      const store = log.openStore(role.url, { poolSize: 2 });
      while (stored < wanted) {
        const stream = `${random.chance(0.1) ? 'rare' : (categories[random.upTo(2)] ?? 'thing')}-${random.upTo(5)}`;
        if (random.chance(0.15)) await appendByHand(log, role.url, stream, random);
        else {
          const events = newEvents(1 + random.upTo(random.chance(0.05) ? 200 : 4));
          await insist(store, stream, events);
          stored += events.length;
        }
      }
    };
    const kill = async (): Promise<void> => {
      const random = randomFrom(seed - 1);
      while (stored < wanted) {
        await delay(20 + random.upTo(80));
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where usename in ($1, $2) and datname = current_database() order by hashint4(pid # $3) limit 1`,
          [role.name, rareRole.name, random.upTo(1_000_000)],
        );
      }
    };
    try {
      await Promise.all([...Array.from({ length: writers }, (_, writer) => write(writer)), kill()]);
      const { rows } = await admin.query<{ id: string; category: string }>(
        'select event_id as id, category from waymark.events order by position',
      );
      expect(rows.length).toBeGreaterThanOrEqual(wanted);
      for (const { seen, only } of readers) {
        const expected = rows.filter((row) => !only || only.includes(row.category)).map((row) => row.id);
        await eventually(() => seen.length >= expected.length);
        expect(seen).toEqual(expected);
      }
    } finally {
      controller.abort();
      await Promise.all(readers.map((reader) => reader.following));
      await log.close();
    }
  });
});
