import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantCategories, migrateEventStore, openPostgresEventStore, type EventStore } from '@waymark/event-store';
import { createTestDatabase, createTestRole, eventually, kafkaBrokers } from '@waymark/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openKafkaBus } from '../kafka/bus.js';
import type { Log } from '../log.js';
import type { Bus, Message, Subscription } from '../port.js';
import { relayMigration } from './relay-migration.js';
import { runRelay, type Relay } from './run-relay.js';

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a relay whose topic is lost', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let role: Awaited<ReturnType<typeof createTestRole>>;
  let store: EventStore;
  let bus: Bus;
  let pool: pg.Pool;
  let relay: Relay;
  let admin: kafkajs.Admin;
  let subscription: Subscription | undefined;
  const topic = `lost-${randomUUID()}`;
  const category = `c${randomUUID().replaceAll('-', '')}`;

  beforeAll(async () => {
    database = await createTestDatabase('lost_topic');
    role = await createTestRole(database);
    await migrateEventStore({ adminUrl: database.url });
    await grantCategories({ adminUrl: database.url, role: role.name, append: [category], read: [category] });
    store = openPostgresEventStore({ url: role.url });
    const brokers = await kafkaBrokers();
    bus = openKafkaBus({ brokers, clientId: 'lost-topic', sessionTimeoutMs: 6_000, log: silent });
    admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query(relayMigration);
    relay = runRelay({
      ...{ service: topic, store, categories: [category], topic, bus, pool, log: silent },
      ...{ confirmEveryMs: 50, lookEveryMs: 200 },
      translate: ({ stream, data }) => ({ type: 'test.happened.v1', subject: stream.slice(category.length + 1), data }),
    });
  });
  afterAll(async () => {
    await relay?.stop();
    await subscription?.stop();
    await bus?.close();
    await admin?.deleteTopics({ topics: [topic] }).catch(() => undefined);
    await admin?.disconnect();
    await store?.close();
    await pool?.end();
    await role?.drop();
    await database?.drop();
  });

  const append = async (subject: string, count: number): Promise<void> => {
    const metadata = {
      actor: { kind: 'staff', id: 'amina' },
      ...{ correlationId: 'correlation', causationId: 'cause', occurredAt: '2026-03-02T08:00:00.000Z' },
    };
    const event = { type: 'Happened', schemaVersion: 1, data: {}, metadata };
    const events = Array.from({ length: count }, () => ({ ...event, id: randomUUID() }));
    await store.append(`${category}-${subject}`, 'any', events);
  };

  /** What a group that begins now is given, until there are so many. */
  const read = async (count: number): Promise<readonly string[]> => {
    const given: Message[] = [];
    subscription = bus.subscribe({
      group: `g-${randomUUID()}`,
      topics: [topic],
      handle: async (message) => void given.push(message),
      unreadable: async () => undefined,
    });
    await eventually(() => given.length >= count, { timeoutMs: 45_000 });
    await subscription.stop();
    return given.map(({ subject, sequence, id }) => `${subject} ${sequence} ${id}`).toSorted();
  };

  const size = async (): Promise<bigint> =>
    [...((await bus.ends?.(topic)) ?? [])].reduce((sum, [, end]) => sum + end, 0n);

  it('makes it if nobody has declared it', async () => {
    await append('one', 3);
    await append('two', 2);
    expect(await read(5)).toHaveLength(5);
    expect(await size()).toBe(5n);
  });

  it('publishes everything again, with the same ids and sequences, when the topic was deleted', async () => {
    const before = await read(5);
    await admin.deleteTopics({ topics: [topic] });
    expect(await read(5)).toEqual(before);
  });

  it('does so as well when somebody else has made the topic anew and it was idle meanwhile', async () => {
    const before = await read(5);
    await admin.deleteTopics({ topics: [topic] });
    await eventually(() => admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true }));
    expect(await read(5)).toEqual(before);
  });

  it('goes on where the others ended', async () => {
    await append('one', 1);
    const given = await read(6);
    expect(given.filter((line) => line.startsWith('one 4 '))).toHaveLength(1);
    expect(await size()).toBe(6n);
  });
});
