import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type pg from 'pg';
import { verifyStream } from '../chain.js';
import { ids, newEvent, readStream, refusalOf } from '../contract/log-under-contract.js';
import type { EventStore, EventToAppend } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

describe('appends of several callers at once', () => {
  let log: LogUnderTest;
  let role: { readonly name: string; readonly url: string };
  let store: EventStore;
  let admin: pg.Client;
  let holder: pg.Client;
  let count = 0;
  beforeAll(async () => {
    log = await openLogUnderTest();
    role = await log.role({ append: ['thing'] });
    store = log.openStore(role.url);
    [admin, holder] = [await log.connect(log.url), await log.connect(log.url)];
  });
  beforeEach(() => {
    count += 1;
  });
  afterAll(() => log.close());

  const named = (name: string): string => `thing-${name}_${count}`;
  const append = (stream: string, event: EventToAppend = newEvent()) => store.append(stream, 'any', [event]);
  const hold = async (...streams: readonly string[]): Promise<void> => {
    await holder.query('begin');
    for (const stream of streams) {
      await holder.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [stream]);
    }
  };
  /** Backends of the role that wait for a lock, or what a query makes of each. */
  const waiting = async (what = 'pid'): Promise<number> => {
    const { rowCount } = await admin.query(
      `select ${what} from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
      [role.name],
    );
    return rowCount ?? 0;
  };
  /** Two appends that wait for somebody else: what is appended now gathers until these are given up on. */
  const occupied = async (): Promise<() => Promise<void>> => {
    const held = [named('held_a'), named('held_b')];
    await hold(...held);
    const outcomes = held.map((stream) => append(stream));
    return async () => {
      await holder.query('commit');
      await Promise.all(outcomes);
    };
  };
  const transactionsOf = async (streams: readonly string[]): Promise<number> => {
    const { rows } = await admin.query<{ count: string }>(
      'select count(distinct xmin::text) as count from waymark.events where stream_id = any ($1)',
      [streams],
    );
    return Number(rows[0]?.count);
  };

  it('go together in one transaction, each with its own outcome', async () => {
    const [known, elsewhere] = [newEvent(), newEvent()];
    const first = await append(named('known'), known);
    await append(named('elsewhere'), elsewhere);
    const release = await occupied();
    const good = ['a', 'b', 'c'].map(named);
    const outcomes = [
      ...good.map((stream) => store.append(stream, 'none', [newEvent()])),
      append(named('known'), known),
    ];
    const refused = [
      refusalOf(store.append(named('elsewhere'), 7, [newEvent()])),
      refusalOf(store.append(named('missing'), 'exists', [newEvent()])),
      refusalOf(append(named('d'), elsewhere)),
      refusalOf(append(`other-${count}`)),
      refusalOf(append(named('e'), newEvent({}, { schemaVersion: 0 }))),
    ];
    const fresh = { revision: 0, repeated: false };
    expect(await Promise.all(outcomes)).toMatchObject([fresh, fresh, fresh, { ...first, repeated: true }]);
    expect(await Promise.all(refused)).toMatchObject([
      { code: 'wrong_expected_revision', actualRevision: 0 },
      { code: 'wrong_expected_revision', actualRevision: -1 },
      { code: 'event_id_reused' },
      { code: 'category_forbidden' },
      { code: 'invalid_event' },
    ]);
    expect(await transactionsOf(good)).toBe(1);
    await release();
  });

  it('keep their order and their chain on one stream', async () => {
    const release = await occupied();
    const stream = named('busy');
    const events = Array.from({ length: 20 }, () => newEvent());
    const results = await Promise.all(events.map((event) => append(stream, event)));
    expect(results.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual(events.map((_, index) => index));
    const stored = await readStream(store, stream);
    expect(new Set(ids(stored))).toEqual(new Set(ids(events)));
    expect(await verifyStream(stored)).toMatchObject({ intact: true, events: 20 });
    await release();
  });

  it('have one winner when they expect the same revision', async () => {
    const release = await occupied();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, () => store.append(named('wanted'), 'none', [newEvent()])),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readStream(store, named('wanted'))).toHaveLength(1);
    await release();
  });

  it('do not wait for a stream that somebody else is at', async () => {
    const release = await occupied();
    const free = ['x', 'y', 'z'].map(named);
    // The held stream comes first in the same call.
    const stuck = append(named('held_a'));
    let over = false;
    void stuck.then(() => (over = true));
    await Promise.all(free.map((stream) => append(stream)));
    expect(await transactionsOf(free)).toBe(1);
    expect(over).toBe(false);
    await release();
    expect(await stuck).toMatchObject({ revision: 1 });
  });

  it('are made again one by one, and stored once, when their common connection is killed', async () => {
    // As an import does.
    const importer = await log.connect(log.url);
    await importer.query('begin; select pg_advisory_xact_lock(1463900525, 1)');
    const release = await occupied();
    const streams = ['p', 'q', 'r'].map(named);
    const events = streams.map(() => newEvent());
    const outcomes = Promise.all(streams.map((stream, index) => append(stream, events[index])));
    await eventually(async () => (await waiting()) === 3);
    expect(await waiting(`pg_terminate_backend(pid)`)).toBe(3);
    await importer.query('rollback');
    expect(await outcomes).toMatchObject(streams.map(() => ({ revision: 0, repeated: false })));
    for (const [index, stream] of streams.entries()) {
      expect(ids(await readStream(store, stream))).toEqual([events[index]?.id]);
    }
    await release();
  });
});
