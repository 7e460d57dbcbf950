import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { derivedId } from '../derived-id.js';
import type { Bus, Message } from '../port.js';
import { Deferred } from '../waiting.js';
import { openRelayGround, type RelayGround, silent } from './relay-ground.fixture.js';
import { relayMigration } from './relay-migration.js';
import { resetRelay } from './reset-relay.js';
import { runRelay, type Relay, type RelayOptions } from './run-relay.js';

describe('a relay', () => {
  let ground: RelayGround;
  let store: EventStore;
  let bus: Bus;
  let pool: pg.Pool;
  let service: string;
  let category: string;
  let relays: Relay[];

  beforeAll(async () => {
    ground = await openRelayGround('relay', [relayMigration]);
    ({ store, bus, pool } = ground);
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    relays = [];
    ({ service, category } = await ground.newService());
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
  });

  const start = (options: Partial<RelayOptions> = {}): Relay => {
    const relay = runRelay({
      service,
      store,
      categories: [category],
      topic: service,
      bus,
      pool,
      translate: (event) =>
        event.type === 'SomethingHappened'
          ? { type: 'test.something-happened.v1', subject: event.stream.slice(category.length + 1), data: event.data }
          : undefined,
      confirmEveryMs: 30,
      log: silent,
      ...options,
    });
    relays.push(relay);
    return relay;
  };

  const append = async (id: string, ...types: readonly string[]): Promise<void> => {
    const events = types.map((type, index) => ({
      id: randomUUID(),
      type,
      schemaVersion: 1,
      data: { index },
      metadata: {
        actor: { kind: 'staff', id: 'amina' },
        correlationId: 'correlation',
        causationId: 'cause',
        occurredAt: '2026-03-02T08:00:00.000Z',
      },
    }));
    await store.append(`${category}-${id}`, 'any', events);
  };

  /** All that lies on the topic, by subject in order. */
  const published = async (subject: string): Promise<Message[]> => {
    const { rows } = await pool.query<{ value: Buffer }>(
      'select value from bus.messages where topic = $1 and subject = $2 order by "offset"',
      [service, subject],
    );
    return rows.map((row) => JSON.parse(row.value.toString()) as Message);
  };
  const identities = async (subject: string): Promise<string[]> =>
    (await published(subject)).map(({ id, sequence }) => `${sequence} ${id}`);
  const checkpoint = async (): Promise<bigint> => {
    const { rows } = await pool.query<{ position: string }>(
      'select position from relay_checkpoint where service = $1',
      [service],
    );
    return BigInt(rows[0]?.position ?? 0);
  };

  it('publishes what the events say to others, densely numbered per subject', async () => {
    await append('a', 'SomethingHappened', 'SomethingPrivate', 'SomethingHappened');
    await append('b', 'SomethingHappened');
    start();
    await append('a', 'SomethingHappened');
    await eventually(async () => expect((await published('a')).map(({ sequence }) => sequence)).toEqual([1, 2, 3]));
    await eventually(async () => expect((await published('b')).map(({ sequence }) => sequence)).toEqual([1]));
    const [message] = await published('b');
    const { events } = await store.readAll({ after: 0n, categories: [category] });
    const event = events.find(({ stream }) => stream === `${category}-b`);
    expect(message).toEqual({
      specversion: '1.0',
      id: derivedId('message', event?.id ?? '', 'test.something-happened.v1'),
      source: `/waymark/${service}`,
      type: 'test.something-happened.v1',
      subject: 'b',
      partitionkey: 'b',
      time: '2026-03-02T08:00:00.000Z',
      datacontenttype: 'application/json',
      sequence: 1,
      correlationid: 'correlation',
      causationid: event?.id,
      data: { index: 0 },
    });
  });

  it('leaves out what ties a de-identified message to its event', async () => {
    await append('a', 'SomethingHappened');
    start({ translate: () => ({ type: 'test.counted.v1', subject: 'fact', data: {}, unlinked: true }) });
    await eventually(async () => expect((await published('fact')).length).toBe(1));
    const [message] = await published('fact');
    expect([message?.correlationid, message?.causationid]).toEqual([message?.id, message?.id]);
  });

  it('gives the same messages the same ids and sequences when everything is published again', async () => {
    await append('a', 'SomethingHappened', 'SomethingPrivate', 'SomethingHappened');
    start({ batchSize: 2 });
    await append('a', 'SomethingHappened');
    await eventually(async () => expect((await published('a')).length).toBe(3));
    const first = await identities('a');
    await resetRelay(pool, service);
    await eventually(async () => expect(await identities('a')).toEqual([...first, ...first]));
    await append('a', 'SomethingHappened');
    await eventually(async () => expect((await published('a')).at(-1)?.sequence).toBe(4));
  });

  it('keeps the place of messages whose type was withdrawn, without their content', async () => {
    await append('a', 'SomethingHappened', 'SomethingPrivate', 'SomethingHappened');
    const translate: (withdrawn: boolean) => RelayOptions['translate'] = (withdrawn) => (event) => ({
      type: event.type === 'SomethingPrivate' ? 'test.told-too-much.v1' : 'test.something-happened.v1',
      subject: event.stream.slice(category.length + 1),
      data: event.data,
      withdrawn: withdrawn && event.type === 'SomethingPrivate',
    });
    const before = start({ translate: translate(false) });
    await eventually(async () => expect(await published('a')).toHaveLength(3));
    await before.stop();
    const first = await identities('a');
    await resetRelay(pool, service);
    start({ translate: translate(true) });
    await eventually(async () => expect(await identities('a')).toEqual([...first, ...first]));
    expect((await published('a'))[4]).toMatchObject({ type: 'waymark.message-withdrawn.v1', sequence: 2, data: {} });
  });

  it('publishes what lies before an event that cannot be translated, says where it stands, and nothing that follows', async () => {
    await append('before', 'SomethingHappened', 'SomethingPrivate');
    await append('poison', 'Poison');
    await append('after', 'SomethingHappened');
    let isMended = false;
    const relay = start({
      translate: ({ type, stream, data }) => {
        if (type === 'Poison' && !isMended) throw new Error('cannot be read');
        const subject = stream.slice(category.length + 1);
        return type === 'SomethingPrivate' ? undefined : { type: 'test.something-happened.v1', subject, data };
      },
    });
    await eventually(async () => expect(await relay.stoppedAt()).toBeDefined());
    for await (const { position } of store.readStream(`${category}-poison`))
      expect(await relay.stoppedAt()).toBe(position);
    for await (const { position } of store.readStream(`${category}-before`, { from: 1 }))
      await eventually(async () => expect(await checkpoint()).toBe(position));
    expect([await published('before'), await published('after')]).toEqual([[expect.anything()], []]);
    isMended = true;
    await eventually(async () => expect(await published('after')).toHaveLength(1));
    expect(await published('before')).toHaveLength(1);
    await eventually(async () => expect(await relay.stoppedAt()).toBeUndefined());
  });

  it('publishes the same again after a crash between publishing and noting it', async () => {
    await append('a', 'SomethingHappened', 'SomethingHappened');
    let crashes = 0;
    const crashing: Bus = {
      ...bus,
      publish: async (topic, messages) => {
        await bus.publish(topic, messages);
        if (++crashes <= 2) throw new Error('crashed');
      },
    };
    start({ bus: crashing });
    await eventually(async () => expect(await checkpoint()).toBeGreaterThan(0n));
    const all = await identities('a');
    expect(all.length).toBe(6);
    expect(new Set(all).size).toBe(2);
  });

  it('sends nothing later before what could not be sent, also when nothing comes after it', async () => {
    await append('a', ...Array<string>(5).fill('SomethingHappened'));
    let calls = 0;
    const failing: Bus = {
      ...bus,
      publish: async (topic, messages) => {
        calls += 1;
        if (calls === 2 || calls === 6) throw new Error('not sent');
        await bus.publish(topic, messages);
      },
    };
    start({ bus: failing, batchSize: 1 });
    await eventually(async () => expect((await published('a')).at(-1)?.sequence).toBe(5));
    const sequences = (await published('a')).map(({ sequence }) => sequence);
    const firstTimes = [...new Set(sequences)];
    expect(firstTimes).toEqual([1, 2, 3, 4, 5]);
    expect(calls).toBeGreaterThanOrEqual(7);
  });

  it('is led by one of several, and another takes over when the leader stops', async () => {
    const by: string[] = [];
    const counted = (name: string): Bus => ({
      ...bus,
      publish: async (topic, messages) => {
        by.push(name);
        await bus.publish(topic, messages);
      },
    });
    const first = start({ bus: counted('first') });
    await first.ready;
    const second = start({ bus: counted('second') });
    await second.ready;
    await append('a', 'SomethingHappened');
    await eventually(async () => expect(await published('a')).toHaveLength(1));
    await first.stop();
    await append('a', 'SomethingHappened');
    await eventually(async () => expect((await published('a')).map(({ sequence }) => sequence)).toEqual([1, 2]));
    expect(by).toEqual(['first', 'second']);
  });

  it('cannot move the checkpoint once it was deposed: what it sends late are repeats', async () => {
    const late = new Deferred();
    const sending = new Deferred();
    const frozen: Bus = {
      ...bus,
      publish: async (topic, messages) => {
        sending.resolve();
        await late.promise;
        await bus.publish(topic, messages);
      },
    };
    const ownPool = new pg.Pool({ connectionString: ground.database.url, max: 2, application_name: service });
    ownPool.on('error', () => undefined);
    const leader = start({ bus: frozen, pool: ownPool });
    await leader.ready;
    await append('a', 'SomethingHappened');
    await sending.promise;
    const follower = start();
    await follower.ready;
    await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [service]);
    await append('a', 'SomethingHappened');
    await eventually(async () => expect((await published('a')).map(({ sequence }) => sequence)).toEqual([1, 2]));
    await eventually(async () => expect(await follower.lag()).toEqual({ events: 0, seconds: 0 }));
    const reached = await checkpoint();
    late.resolve();
    const sequences = async () => (await published('a')).map(({ sequence }) => sequence);
    await eventually(async () => expect((await sequences()).slice(0, 3)).toEqual([1, 2, 1]));
    await leader.stop();
    // It may have read the second event as well before it learns that it leads no more.
    expect([[1], [1, 2]]).toContainEqual((await sequences()).slice(2));
    expect(await checkpoint()).toBe(reached);
    expect(new Set(await identities('a')).size).toBe(2);
    await ownPool.end();
  });

  it('says how far it is behind', async () => {
    const relay = start({ translate: () => Promise.reject(new Error('cannot translate')) });
    await append('a', 'SomethingHappened', 'SomethingHappened');
    await eventually(async () => expect(await relay.lag()).toMatchObject({ events: 2 }));
    expect((await relay.lag()).seconds).toBeGreaterThan(0);
    expect(await published('a')).toEqual([]);
  });
});
