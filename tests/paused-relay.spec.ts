import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantCategories, migrateEventStore, openPostgresEventStore, type EventStore } from '@waymark/event-store';
import {
  openKafkaBus,
  relayMigration,
  resetRelay,
  runRelay,
  type Bus,
  type Message,
  type Relay,
} from '@waymark/messaging';
import {
  createTestDatabase,
  createTestRole,
  eventually,
  FaultProxy,
  kafkaBrokers,
  type TestDatabase,
  type TestRole,
} from '@waymark/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startRelayProcess, type RelayProcess } from './paused-relay.fixture.js';
import { buildServices } from './processes.fixture.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const topic = `waymark.test-${randomUUID()}`;
const category = 'thing';

let database: TestDatabase;
let role: TestRole;
let store: EventStore;
let bus: Bus;
let pool: pg.Pool;
let proxy: FaultProxy;
let paused: RelayProcess;
let admin: kafkajs.Admin;

beforeAll(async () => {
  await buildServices();
  database = await createTestDatabase('paused_relay');
  role = await createTestRole(database);
  await migrateEventStore({ adminUrl: database.url });
  await grantCategories({ adminUrl: database.url, role: role.name, append: [category], read: [category] });
  store = openPostgresEventStore({ url: role.url });
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await pool.query(relayMigration);
  const brokers = await kafkaBrokers();
  bus = openKafkaBus({ brokers, clientId: 'test', log });
  admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await bus.ensureTopics([topic]);
  const [host = '', port = ''] = (brokers[0] ?? '').split(':');
  proxy = await FaultProxy.open({ host, port: Number(port) });
  paused = startRelayProcess({
    EVENT_STORE_URL: role.url,
    DATABASE_URL: database.url,
    PROXY_PORT: String(proxy.port),
    TOPIC: topic,
    CATEGORY: category,
  });
}, 300_000);
afterAll(async () => {
  await paused?.kill();
  proxy?.close();
  await Promise.all([bus?.close(), store?.close(), admin?.disconnect()]);
  await pool?.end();
  await role?.drop();
  await database?.drop();
}, 60_000);

const append = async (number: number): Promise<void> => {
  await store.append(`${category}-a`, 'any', [
    {
      id: randomUUID(),
      type: 'SomethingHappened',
      schemaVersion: 1,
      data: { number },
      metadata: {
        actor: { kind: 'service', id: 'of-the-test' },
        correlationId: 'correlation',
        causationId: 'causation',
        occurredAt: '2026-03-02T08:00:00.000Z',
      },
    },
  ]);
};

/** Listens to the topic from its start, by itself. */
async function listen(): Promise<{ readonly heard: Message[]; stop(): Promise<void> }> {
  const heard: Message[] = [];
  const subscription = bus.subscribe({
    group: `reader-${randomUUID()}`,
    topics: [topic],
    handle: async (message) => void heard.push(message),
    unreadable: async () => undefined,
  });
  await subscription.ready;
  return { heard, stop: () => subscription.stop() };
}

const follow = (): Relay =>
  runRelay({
    service: topic,
    store,
    categories: [category],
    topic,
    bus,
    pool,
    translate: ({ stream, data }) => ({
      type: 'test.something-happened.v1',
      subject: stream.slice(category.length + 1),
      data,
    }),
    confirmEveryMs: 100,
    log,
  });

const checkpoint = async (): Promise<object | undefined> => {
  const { rows } = await pool.query<object>('select position, epoch from relay_checkpoint where service = $1', [topic]);
  return rows[0];
};

describe('a relay that is paused in the middle of a send', () => {
  it('can only repeat what was sent when it wakes, and moves no checkpoint; a refill gives the same messages', async () => {
    const listening = await listen();
    const { heard } = listening;
    const sequences = (): number[] => heard.map(({ sequence }) => sequence);
    await append(1);
    await eventually(() => expect(sequences()).toEqual([1]), { timeoutMs: 30_000 });

    // What it says from now on lies between it and the broker.
    proxy.blackHole();
    await append(2);
    await paused.untilSaid('sending 2');
    paused.signal('SIGSTOP');

    const follower = follow();
    await append(3);
    await eventually(() => expect(sequences()).toEqual([1, 2, 3]), { timeoutMs: 60_000 });
    await eventually(async () => expect(await follower.lag()).toEqual({ events: 0, seconds: 0 }));
    const reached = await checkpoint();

    const before = paused.said().length;
    await proxy.heal();
    await eventually(() => expect(sequences()).toEqual([1, 2, 3, 2]), { timeoutMs: 60_000 });
    paused.signal('SIGCONT');
    await eventually(() => expect(paused.said().length).toBeGreaterThan(before), { timeoutMs: 30_000 });
    await eventually(
      () =>
        expect(
          paused
            .said()
            .slice(before)
            .some((line) => /was deposed|failed, trying again/.test(line)),
        ).toBe(true),
      { timeoutMs: 30_000 },
    );
    expect(await checkpoint()).toEqual(reached);
    expect(new Set(heard.map((message) => JSON.stringify(message))).size).toBe(3);

    // It is as good as any other again.
    await follower.stop();
    await paused.untilSaid('relay leads', { after: before });
    await append(4);
    await eventually(() => expect(sequences()).toEqual([1, 2, 3, 2, 4]), { timeoutMs: 60_000 });
    const all = [...new Set(heard.map((message) => JSON.stringify(message)))];
    expect(all).toHaveLength(4);
    await listening.stop();

    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => expect(await admin.listTopics()).not.toContain(topic), { timeoutMs: 30_000 });
    await eventually(() => bus.ensureTopics([topic]), { timeoutMs: 30_000 });
    await resetRelay(pool, topic);
    const again = await listen();
    await eventually(
      () => expect(new Set(again.heard.map((message) => JSON.stringify(message)))).toEqual(new Set(all)),
      {
        timeoutMs: 60_000,
      },
    );
    await again.stop();
  }, 300_000);
});
