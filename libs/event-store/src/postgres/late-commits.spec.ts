import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually } from '@waymark/testing';
import type { EventStore, Page } from '../port.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

describe.each([
  ['the whole log', 'all' as const],
  ['one category', ['thing'] as const],
])('an event that commits late, to a reader of %s', (_, read) => {
  let log: LogUnderTest;
  let store: EventStore;
  let writerUrl: string;
  let after = 0n;

  beforeAll(async () => {
    log = await openLogUnderTest();
    store = await log.storeFor({ append: ['thing'], read });
    writerUrl = (await log.role({ append: ['thing', 'hidden'] })).url;
  });
  afterAll(() => log.close());

  const writer = () => log.connect(writerUrl);
  /** The next events of a reader, by their positions. */
  const next = async (): Promise<Page['events'][number]['position'][]> => {
    const page = await store.readAll({ after });
    after = page.position;
    return page.events.map((event) => event.position);
  };
  const settle = async (): Promise<void> => {
    for (let before = -1n; before < after;) {
      before = after;
      await next();
    }
  };
  const nextUntil = async (count: number): Promise<bigint[]> => {
    const seen: bigint[] = [];
    await eventually(async () => {
      seen.push(...(await next()));
      return seen.length >= count;
    });
    return seen;
  };

  it.each(['thing-slow', 'hidden-slow'])(
    'is waited for, and comes before what committed earlier (%s)',
    async (slow) => {
      await settle();
      const [a, b] = [await writer(), await writer()];
      await a.query('begin');
      const first = await log.appendOn(a, slow);
      const second = await log.appendOn(b, 'thing-quick');
      expect(second).toBe(first + 1n);
      for (let look = 0; look < 5; look += 1) expect(await next()).toEqual([]);
      await a.query('commit');
      const expected = read !== 'all' && slow === 'hidden-slow' ? [second] : [first, second];
      expect(await nextUntil(expected.length)).toEqual(expected);
    },
  );

  it.each(['commit', 'rollback'])(
    'is waited for by whoever asks for the newest, as long as it is open (%s)',
    async (how) => {
      await settle();
      const [a, b] = [await writer(), await writer()];
      await a.query('begin');
      await log.appendOn(a, 'thing-slow');
      const acknowledged = await log.appendOn(b, 'thing-quick');
      let answered = false;
      const asking = store.newest({ after, categories: ['thing'] }).finally(() => (answered = true));
      await log.appendOn(b, 'thing-quick-2');
      for (let look = 0; look < 5; look += 1) expect(await next()).toEqual([]);
      expect(answered).toBe(false);
      await a.query(how);
      expect(await asking).toBeGreaterThanOrEqual(acknowledged);
      await settle();
    },
  );

  it('is not waited for any longer once it has been rolled back', async () => {
    await settle();
    const [a, b] = [await writer(), await writer()];
    await a.query('begin');
    await log.appendOn(a, 'thing-slow');
    const second = await log.appendOn(b, 'thing-quick');
    expect(await next()).toEqual([]);
    await a.query('rollback');
    expect(await nextUntil(1)).toEqual([second]);
  });

  it('is not waited for any longer once its connection has been killed', async () => {
    await settle();
    const [a, b, admin] = [await writer(), await writer(), await log.connect(log.url)];
    const { rows } = await a.query<{ pid: number }>('select pg_backend_pid() as pid');
    await a.query('begin');
    await log.appendOn(a, 'thing-slow');
    const second = await log.appendOn(b, 'thing-quick');
    expect(await next()).toEqual([]);
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    expect(await nextUntil(1)).toEqual([second]);
  });

  it('waits in front of its own gap only: what lies before is delivered', async () => {
    await settle();
    const [a, b] = [await writer(), await writer()];
    const before = await log.appendOn(b, 'thing-quick');
    await a.query('begin');
    const late = await log.appendOn(a, 'thing-slow');
    const beyond = await log.appendOn(b, 'thing-quick');
    expect(await nextUntil(1)).toEqual([before]);
    expect(await next()).toEqual([]);
    await a.query('commit');
    expect(await nextUntil(2)).toEqual([late, beyond]);
  });

  it('leaves a dead gap that is not held open by appenders who came later', async () => {
    await settle();
    const [a, b, c, d] = [await writer(), await writer(), await writer(), await writer()];
    await a.query('begin');
    await log.appendOn(a, 'thing-a');
    const second = await log.appendOn(b, 'thing-b');
    await c.query('begin');
    await log.appendOn(c, 'thing-c');
    await a.query('rollback');
    expect(await next()).toEqual([]);
    // Somebody is appending at every moment, but not one who was there when the gap was first seen.
    await d.query('begin');
    await log.appendOn(d, 'thing-d');
    await c.query('rollback');
    expect(await nextUntil(1)).toEqual([second]);
    await d.query('rollback');
  });

  it('does not let strangers hold up anything: writers in another database, or in this one but not to the log', async () => {
    await settle();
    const elsewhere = await createTestDatabase('stranger');
    const strangers = [await log.connect(elsewhere.url), await log.connect(log.url)];
    for (const [index, stranger] of strangers.entries()) {
      await stranger.query(`create table public.stranger_${index} (n integer)`);
      await stranger.query('begin');
      await stranger.query(`insert into public.stranger_${index} values (1)`);
      // Even one that holds the same lock, in a database of its own.
      if (index === 0) await stranger.query('select pg_advisory_xact_lock_shared(1463900525, 1)');
    }
    const [a, b] = [await writer(), await writer()];
    await a.query('begin');
    await log.appendOn(a, 'thing-slow');
    const second = await log.appendOn(b, 'thing-quick');
    await a.query('rollback');
    expect(await nextUntil(1)).toEqual([second]);
    for (const stranger of strangers) await stranger.query('rollback');
    await strangers[0]?.end();
    await log.connect(log.url).then((admin) => admin.query('drop table public.stranger_1'));
    await elsewhere.drop();
  });

  it('holds up a subscription only as long as it is open itself, whatever a stranger in another database keeps open', async () => {
    await settle();
    const elsewhere = await createTestDatabase('stranger');
    const stranger = await log.connect(elsewhere.url);
    await stranger.query('create table public.stranger (n integer)');
    await stranger.query('begin');
    await stranger.query('insert into public.stranger values (1)');
    const controller = new AbortController();
    const seen: bigint[] = [];
    const following = (async () => {
      for await (const { events, position } of store.subscribe({ after, signal: controller.signal })) {
        seen.push(...events.map((event) => event.position));
        after = position;
      }
    })();
    const [a, b] = [await writer(), await writer()];
    const appended: bigint[] = [];
    for (let round = 0; round < 10; round += 1) {
      appended.push(await log.appendOn(b, 'thing-before'));
      await a.query('begin');
      await log.appendOn(a, 'thing-idle');
      const behind = await log.appendOn(b, 'thing-behind');
      await eventually(() => expect(seen).toEqual(appended));
      await a.query('rollback');
      appended.push(behind);
      await eventually(() => expect(seen).toEqual(appended));
    }
    const { rows } = await stranger.query('select pg_current_xact_id_if_assigned() is not null as writing');
    expect(rows).toEqual([{ writing: true }]);
    controller.abort();
    await following;
    await stranger.end();
    await elsewhere.drop();
  });

  it('passes over thousands of dead holes', async () => {
    await settle();
    const a = await writer();
    const admin = await log.connect(log.url);
    const appended: bigint[] = [];
    for (let hole = 0; hole < 40; hole += 1) {
      await admin.query("select nextval('waymark.event_position') from generate_series(1, $1)", [hole * 5]);
      appended.push(await log.appendOn(a, 'thing-between'));
    }
    expect(await nextUntil(40)).toEqual(appended);
  });
});

describe('reading the log', () => {
  it('refuses a transaction that would see only what was there at its start', async () => {
    const log = await openLogUnderTest();
    const { url } = await log.role({ append: ['thing'] });
    const client = await log.connect(url);
    await client.query('begin isolation level repeatable read');
    await expect(client.query("select * from waymark.read_all(0, 10, null, 0, null, '{}')")).rejects.toMatchObject({
      code: 'WM008',
    });
    await client.query('rollback');
    await log.close();
  });
});
