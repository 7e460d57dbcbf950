import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, FaultProxy } from '@waymark/testing';
import { ids, newEvents, readStream, readToEnd, refusalOf } from '../contract/log-under-contract.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

describe('an append whose connection is killed under it', () => {
  it('is made again by itself, and stored once', async () => {
    const log = await openLogUnderTest();
    const { name, url } = await log.role({ append: ['thing'] });
    const store = log.openStore(url);
    const [first, second] = [newEvents(1), newEvents(2)];
    await store.append('thing-1', 'none', first);
    const [holder, admin] = [await log.connect(log.url), await log.connect(log.url)];
    await holder.query('begin');
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('thing-1', 0))`);
    const appending = store.append('thing-1', 0, second);
    const kill = async (): Promise<boolean> => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
        [name],
      );
      return rowCount === 1;
    };
    await eventually(kill);
    await holder.query('rollback');
    expect(await appending).toMatchObject({ revision: 2, repeated: false });
    expect(ids(await readStream(store, 'thing-1'))).toEqual(ids([...first, ...second]));
    await log.close();
  });
});

describe('over a bad line', () => {
  let log: LogUnderTest;
  let line: FaultProxy;
  let url: string;
  beforeAll(async () => {
    log = await openLogUnderTest();
    const { hostname, port } = new URL(log.url);
    line = await FaultProxy.open({ host: hostname, port: Number(port) });
    url = line.through((await log.role({ append: ['thing'] })).url);
  });
  afterEach(() => line.heal());
  afterAll(async () => {
    line.close();
    await log.close();
  });
  const unavailable = { code: 'unavailable' };
  /** Far below what any other call may take. */
  const inTime = (outcome: Promise<unknown>) =>
    Promise.race([outcome, delay(15_000, 'no answer in time', { ref: false })]);

  it.each(['before the first connection', 'with connections in the pool'])(
    'ping says in time that a black hole leads nowhere, %s, and that it is over',
    async (when) => {
      const store = log.openStore(url);
      if (when.startsWith('with')) await Promise.all([store.ping(), store.ping(), store.ping()]);
      line.blackHole();
      // More of them than the pool has connections.
      expect(await inTime(refusalOf(Promise.all(Array.from({ length: 20 }, () => store.ping()))))).toEqual(unavailable);
      await line.heal();
      await eventually(() => store.ping());
    },
  );

  it('an append that was sent into a black hole is stored once when the line heals', async () => {
    const store = log.openStore(url);
    await store.ping();
    line.blackHole();
    const batch = newEvents(3);
    const appending = store.append('thing-black_hole', 'none', batch);
    await delay(50);
    expect(await readStream(log.openStore((await log.role({ read: 'all' })).url), 'thing-black_hole')).toEqual([]);
    await line.heal();
    expect(await appending).toMatchObject({ revision: 2 });
    expect(ids(await readStream(store, 'thing-black_hole'))).toEqual(ids(batch));
  });

  it('an append on a connection that the server has forgotten is made again on a new one, not on another of them', async () => {
    const store = log.openStore(url, { answerWithinMs: 300 });
    await Promise.all(Array.from({ length: 6 }, () => store.ping()));
    expect(line.forget()).toBeGreaterThanOrEqual(6);
    const batch = newEvents(2);
    expect(await store.append('thing-forgotten', 'none', batch)).toMatchObject({ revision: 1, repeated: false });
    expect(ids(await readStream(store, 'thing-forgotten'))).toEqual(ids(batch));
  });

  it.each(['cut', 'forget', 'refuse', 'blackHole'] as const)(
    'a subscription goes on where it was after: %s',
    async (fault) => {
      const store = log.openStore(url, { answerWithinMs: 300 });
      const direct = await log.storeFor({ append: ['thing'] });
      const { position: after } = await readToEnd(direct, 0n);
      const controller = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        for await (const { events } of store.subscribe({ after, signal: controller.signal })) seen.push(...ids(events));
      })();
      const stream = `thing-${fault}`;
      const [before, meanwhile, afterwards] = [newEvents(3), newEvents(3), newEvents(3)];
      await direct.append(stream, 'none', before);
      await eventually(() => expect(seen).toEqual(ids(before)));
      line[fault]();
      await direct.append(stream, 'any', meanwhile);
      await delay(400);
      await line.heal();
      await direct.append(stream, 'any', afterwards);
      await eventually(() => expect(seen).toEqual(ids([...before, ...meanwhile, ...afterwards])));
      controller.abort();
      await following;
    },
  );
});
