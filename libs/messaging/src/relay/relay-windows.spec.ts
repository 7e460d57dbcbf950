import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Bus, Message } from '../port.js';
import { pause } from '../waiting.js';
import { openRelayGround, type RelayGround, silent } from './relay-ground.fixture.js';
import { relayHeldMigration, relayMigration, relayWindowMigration } from './relay-migration.js';
import { resetRelay } from './reset-relay.js';
import { type Relay, type RelayOptions, runRelay, type WindowOptions } from './run-relay.js';

jest.setTimeout(120_000);
const crowdOf = (crowd: number): WindowOptions => ({ delayMs: 0, crowd, latestMs: 3_600_000 });

describe('a relay that publishes in windows', () => {
  let ground: RelayGround;
  let store: EventStore;
  let bus: Bus;
  let pool: pg.Pool;
  let service: string;
  let category: string;
  let relays: Relay[];

  beforeAll(async () => {
    ground = await openRelayGround('relay_windows', [relayMigration, relayWindowMigration, relayHeldMigration]);
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

  const start = (window: WindowOptions, options: Partial<RelayOptions> = {}): Relay => {
    const relay = runRelay({
      ...{ service, store, topic: service, bus, pool, log: silent, window },
      categories: [category],
      translate: ({ type, stream, data }) =>
        type === 'SomethingPrivate'
          ? undefined
          : { type: `test.${type}.v1`, subject: stream.slice(category.length + 1), unlinked: true, data },
      confirmEveryMs: 30,
      ...options,
    });
    relays.push(relay);
    return relay;
  };
  const append = async (id: string, ...types: readonly string[]): Promise<void> => {
    const metadata = {
      ...{ actor: { kind: 'staff', id: 'amina' }, correlationId: 'correlation', causationId: 'cause' },
      occurredAt: '2026-03-02T08:00:00.000Z',
    };
    const events = types.map((type) => ({ id: randomUUID(), type, schemaVersion: 1, data: {}, metadata }));
    await store.append(`${category}-${id}`, 'any', events);
  };
  /** Of which thing each event is, in the order of the log. */
  const told = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (let after = 0n; ;) {
      const { events, position } = await store.readAll({ after, categories: [category] });
      if (position === after) return ids;
      ids.push(...events.map(({ stream }) => stream.slice(category.length + 1)));
      after = position;
    }
  };
  const things = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => `thing-${String(from + index).padStart(3, '0')}`);
  const tell = async (ids: readonly string[], type = 'Opened'): Promise<void> => {
    for (const id of ids) await append(id, type);
  };
  const published = async (): Promise<Message[]> => {
    const { rows } = await pool.query<{ value: Buffer }>(
      'select value from bus.messages where topic = $1 order by partition, "offset"',
      [service],
    );
    return rows.map(({ value }) => JSON.parse(value.toString()) as Message);
  };
  const subjects = async (): Promise<string[]> => (await published()).map(({ subject }) => subject);
  const arrived = (count: number) => eventually(async () => expect(await published()).toHaveLength(count));
  /** What was handed to the bus, call by call. */
  const watched = (sends: (readonly Message[])[], fails: () => boolean = () => false): Bus => ({
    ...bus,
    publish: async (topic, messages) => {
      sends.push(messages);
      await bus.publish(topic, messages);
      if (fails()) throw new Error('the answer was lost');
    },
  });
  const setsOf = (sends: readonly (readonly Message[])[]) =>
    sends.map((messages) => messages.map(({ subject }) => subject).toSorted());

  it('waits for a crowd, and then lets all of it go at once', async () => {
    const sends: (readonly Message[])[] = [];
    start(crowdOf(10), { bus: watched(sends) });
    await tell(things(1, 9));
    await append('thing-001', 'SomethingPrivate');
    await pause(1_500);
    expect(await published()).toEqual([]);
    await tell(['thing-010']);
    await arrived(10);
    expect(setsOf(sends)).toEqual([things(1, 10)]);
  });

  it('waits for a crowd of each type: one of a kind would be known among many of another', async () => {
    await tell(things(1, 8));
    await tell(['thing-001'], 'Closed');
    start(crowdOf(5));
    await pause(1_500);
    expect(await published()).toEqual([]);
    await tell(things(2, 5), 'Closed');
    await arrived(13);
  });

  it('counts things, not messages: one thing of which much is told is no crowd', async () => {
    start(crowdOf(3));
    await append('thing-001', 'Opened', 'Opened', 'Opened', 'Opened');
    await pause(1_500);
    expect(await published()).toEqual([]);
  });

  it('waits its time although there is a crowd, and goes without one when it has waited long enough', async () => {
    const began = Date.now();
    start({ delayMs: 2_000, crowd: 1, latestMs: 2_000 });
    await tell(things(1, 3));
    await arrived(3);
    expect(Date.now() - began).toBeGreaterThanOrEqual(2_000);
    const lonely = start({ delayMs: 0, crowd: 100, latestMs: 2_000 }, { service: `${service}-lonely` });
    await arrived(6);
    expect(await lonely.lag()).toEqual({ events: 0, seconds: 0 });
  });

  it('lets go what lies before an event that cannot be translated, says where it stands, and nothing that follows', async () => {
    await tell(['thing-001', 'thing-002']);
    await append('poison', 'Poison');
    await tell(['thing-003']);
    let isMended = false;
    const relay = start(crowdOf(2), {
      translate: ({ type, stream }) => {
        if (type === 'Poison' && !isMended) throw new Error('cannot be read');
        return { type: 'test.opened.v1', subject: stream.slice(category.length + 1), unlinked: true, data: {} };
      },
    });
    await arrived(2);
    expect((await subjects()).toSorted()).toEqual(['thing-001', 'thing-002']);
    await eventually(async () => expect(await relay.stoppedAt()).toBeDefined());
    for await (const { position } of store.readStream(`${category}-poison`))
      expect(await relay.stoppedAt()).toBe(position);
    isMended = true;
    await arrived(4);
    expect(await relay.stoppedAt()).toBeUndefined();
  });

  it('is no more behind than its messages may wait', async () => {
    const relay = start(crowdOf(10));
    await tell(things(1, 3));
    await pause(1_000);
    // The last one is behind as soon as it is settled: transactions of others on the server may keep it back.
    await eventually(async () => expect(await relay.lag()).toEqual({ events: 3, seconds: 0 }));
  });

  it('keeps the messages of one thing in their order, densely numbered', async () => {
    start(crowdOf(20));
    const ids = things(1, 20);
    for (const type of ['Opened', 'Moved', 'Closed']) await tell(ids, type);
    await arrived(60);
    const all = await published();
    for (const id of ids) {
      const its = all.filter(({ subject }) => subject === id);
      expect(its.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
        '1 test.Opened.v1',
        '2 test.Moved.v1',
        '3 test.Closed.v1',
      ]);
    }
  });

  it('loses nothing and tells nothing twice when it dies after a window went, before that was noted', async () => {
    const sends: (readonly Message[])[] = [];
    let lost = 2;
    const failing = watched(sends, () => lost-- > 0);
    const first = start(crowdOf(10), { bus: failing });
    await tell(things(1, 10));
    await eventually(() => sends.length >= 1);
    await tell(things(11, 25));
    await eventually(async () => expect(new Set(await subjects()).size).toBe(25));
    await first.stop();
    // The window that was begun is the same each time, whatever has been appended meanwhile.
    const repeated = setsOf(sends);
    expect(repeated[0]).toEqual(repeated[1]);
    expect(repeated[1]).toEqual(repeated[2]);
    expect(repeated.slice(2).flat().toSorted()).toEqual(things(1, 25));
    const ids = (await published()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(25);
  });

  it('makes the same windows when everything is published again: two of them that overlap would tell more', async () => {
    const sends: (readonly Message[])[] = [];
    const first = start(crowdOf(10), { bus: watched(sends) });
    for (const [from, to] of [
      [1, 10],
      // As many as a crowd: with more, a slow machine would cut the window before the last of them.
      [11, 20],
      [21, 30],
    ] as const) {
      await tell(things(from, to));
      await arrived(to);
    }
    await first.stop();
    const before = setsOf(sends.splice(0));
    expect(before.flat().toSorted()).toEqual(things(1, 30));
    const ids = new Set((await published()).map(({ id }) => id));
    await resetRelay(pool, service);
    start(crowdOf(3), { bus: watched(sends) });
    await eventually(() => sends.length === before.length);
    expect(setsOf(sends)).toEqual(before);
    expect(new Set((await published()).map(({ id }) => id))).toEqual(ids);
  });

  it('tells nobody by order which message is of which event: guessing by place is right as often as by chance', async () => {
    const [windows, crowd] = [25, 20];
    let [right, moved] = [0, 0];
    const sends: (readonly Message[])[] = [];
    start(crowdOf(crowd), { bus: watched(sends) });
    for (let window = 0; window < windows; window += 1) {
      const ids = things(window * crowd + 1, (window + 1) * crowd);
      const events = ids.map((id) => append(id, 'Opened'));
      await Promise.all(events);
      await arrived((window + 1) * crowd);
    }
    const inLog = await told();
    const onTopic = sends.flat().map(({ subject }) => subject);
    expect(onTopic.toSorted()).toEqual(inLog.toSorted());
    // The rows that the relay keeps lie in the order in which they were written.
    const { rows } = await pool.query<{ subject: string }>(
      'select subject from relay_sequence where service = $1 order by ctid',
      [service],
    );
    const inTable = rows.map(({ subject }) => subject);
    for (const guessed of [onTopic, inTable]) {
      right = guessed.filter((subject, place) => subject === inLog[place]).length;
      moved = guessed.filter((subject) => Math.abs(guessed.indexOf(subject) - inLog.indexOf(subject)) > 1).length;
      // By chance one of each window stands in its place, 25 in all with a deviation of 5; the limit is six times that away.
      expect(right).toBeLessThan(55);
      expect(moved).toBeGreaterThan(windows * crowd * 0.7);
    }
  });
});
