import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantCategories, migrateEventStore, openPostgresEventStore, type EventStore } from '@waymark/event-store';
import {
  createTestDatabase,
  createTestRole,
  eventually,
  FaultProxy,
  freePorts,
  startKafkaCluster,
  type KafkaCluster,
} from '@waymark/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { happened, messageOf, openInboxGround, silent, takeEffect, type InboxGround } from '../inbox/inbox.fixture.js';
import { runConsumer, type Consumer } from '../inbox/run-consumer.js';
import type { Bus } from '../port.js';
import { relayMigration } from '../relay/relay-migration.js';
import { runRelay, type Relay } from '../relay/run-relay.js';
import { openKafkaBus } from './bus.js';

const longTest = 240_000;
const topic = 'waymark.three';
const category = `c${randomUUID().replaceAll('-', '')}`;
const subjects = Array.from({ length: 12 }, (_each, index) => `subject-${index}`);

describe('a relay and a consumer over three brokers', () => {
  let cluster: KafkaCluster;
  let slowWay: FaultProxy;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let role: Awaited<ReturnType<typeof createTestRole>>;
  let store: EventStore;
  let pool: pg.Pool;
  let ground: InboxGround;
  let buses: readonly Bus[];
  let relay: Relay;
  let consumer: Consumer;
  let admin: kafkajs.Admin;
  let load: { readonly told: Map<string, number>; stop(): Promise<void> };

  beforeAll(async () => {
    const ports = await freePorts(3);
    slowWay = await FaultProxy.open({ host: '127.0.0.1', port: ports[0] ?? 0 });
    const dir = await mkdtemp(path.join(tmpdir(), 'waymark-three-brokers-'));
    cluster = await startKafkaCluster({ dir, ports, advertised: new Map([[ports[0] ?? 0, slowWay.port]]) });
    ground = await openInboxGround();
    database = await createTestDatabase('three_brokers');
    role = await createTestRole(database);
    await migrateEventStore({ adminUrl: database.url });
    await grantCategories({ adminUrl: database.url, role: role.name, append: [category], read: [category] });
    store = openPostgresEventStore({ url: role.url });
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query(relayMigration);
    const open = (clientId: string): Bus =>
      openKafkaBus({
        ...{ brokers: cluster.brokers, clientId, sessionTimeoutMs: 6_000, log: silent },
        ...{ partitions: 6, replicationFactor: 3 },
      });
    const [publishing, consuming] = [open('relay'), open('consumer')];
    buses = [publishing, consuming];
    await publishing.ensureTopics([topic]);
    relay = runRelay({
      ...{ service: 'three', store, categories: [category], topic, bus: publishing, pool, log: silent },
      translate: ({ stream, data }) => ({ type: happened, subject: stream.slice(category.length + 1), data }),
    });
    consumer = runConsumer({
      ...{ bus: consuming, group: 'three', topics: [topic], dataSource: ground.dataSource, log: silent },
      handlers: { [happened]: (message, { manager }) => takeEffect('three', message, manager) },
      onDecision: async () => undefined,
    });
    admin = new kafkajs.Kafka({ brokers: [...cluster.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    load = append();
  }, longTest);
  afterAll(async () => {
    await load?.stop();
    await consumer?.stop();
    await relay?.stop();
    await Promise.all((buses ?? []).map((bus) => bus.close()));
    await admin?.disconnect();
    await store?.close();
    await pool?.end();
    await role?.drop();
    await database?.drop();
    await ground?.close();
    slowWay?.close();
    await cluster?.remove();
  }, longTest);

  /** Events for one subject after the other, until stopped; how many of each were acknowledged. */
  function append() {
    const told = new Map(subjects.map((subject) => [subject, 0]));
    const metadata = {
      actor: { kind: 'staff', id: 'amina' },
      ...{ correlationId: 'correlation', causationId: 'cause', occurredAt: '2026-03-02T08:00:00.000Z' },
    };
    let stopped = false;
    const running = (async () => {
      for (let turn = 0; !stopped; turn += 1) {
        const subject = subjects[turn % subjects.length] ?? '';
        const event = { id: randomUUID(), type: 'Happened', schemaVersion: 1, data: {}, metadata };
        await store.append(`${category}-${subject}`, 'any', [event]);
        told.set(subject, (told.get(subject) ?? 0) + 1);
        await pause(20);
      }
    })();
    return {
      told,
      stop: async () => {
        stopped = true;
        await running;
      },
    };
  }

  const effects = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
    const rows = await ground.dataSource.query<{ subject: string; sequences: number[] }[]>(
      `select subject, array_agg(sequence order by place) as sequences from effects where consumer = 'three' group by subject`,
    );
    return new Map(rows.map(({ subject, sequences }) => [subject, sequences]));
  };
  /** Of every subject, everything that is acknowledged now has had its effect. */
  const untilTheyHaveCome = async (): Promise<void> => {
    const told = new Map(load.told);
    await eventually(
      async () => {
        const had = await effects();
        for (const [subject, count] of told) expect(had.get(subject)?.length ?? 0).toBeGreaterThanOrEqual(count);
      },
      { timeoutMs: 90_000, everyMs: 200 },
    );
  };
  const written = (): number => [...load.told.values()].reduce((sum, count) => sum + count, 0);
  const publishedTo = async (): Promise<string> => {
    const { rows } = await pool.query<{ position: string }>('select position from relay_checkpoint');
    return rows[0]?.position ?? '';
  };
  const partitionOf = async (partition: number, name: string): Promise<kafkajs.PartitionMetadata | undefined> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
  };
  const leaderOf = async (partition: number, name = topic): Promise<number> =>
    (await partitionOf(partition, name))?.leader ?? 0;
  /** To one of the other two; the partition has three replicas again in the end. */
  const moveLeader = async (partition: number, name: string): Promise<void> => {
    const before = await leaderOf(partition, name);
    const others = [1, 2, 3].filter((node) => node !== before);
    for (const replicas of [others, [...others, before]]) {
      const partitionAssignment = [{ partition, replicas }];
      await admin.alterPartitionReassignments({ topics: [{ topic: name, partitionAssignment }] });
      await eventually(
        async () => expect((await partitionOf(partition, name))?.isr.toSorted()).toEqual(replicas.toSorted()),
        { timeoutMs: 30_000 },
      );
    }
    expect(await leaderOf(partition, name)).not.toBe(before);
  };

  it(
    'make the topic with three replicas, of which two must have a message',
    async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions.map(({ replicas }) => replicas.toSorted())).toEqual(Array(6).fill([1, 2, 3]));
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['min.insync.replicas'] }],
      });
      expect(resources[0]?.configEntries).toMatchObject([{ configName: 'min.insync.replicas', configValue: '2' }]);
      await untilTheyHaveCome();
    },
    longTest,
  );

  it(
    'have every message of large pages on the topic, for all partitions each, while leaders move from broker to broker',
    async () => {
      const [publishing, consuming] = buses;
      const moving = `${topic}-moving`;
      await publishing?.ensureTopics([moving]);
      const [published, arrived] = [new Set<string>(), new Set<string>()];
      let over = false;
      const moveAll = async (): Promise<void> => {
        for (const partition of [0, 1, 2, 3, 4, 5]) await moveLeader(partition, moving);
      };
      const publishPages = async (): Promise<void> => {
        for (let page = 1; !over; page += 1) {
          const messages = Array.from({ length: 300 }, (_each, index) => messageOf(`subject-${index}`, page));
          // As the relay does: the same again until it is acknowledged.
          await eventually(() => publishing?.publish(moving, messages), { timeoutMs: 60_000 });
          for (const { id } of messages) published.add(id);
        }
      };
      await Promise.all([moveAll().finally(() => (over = true)), publishPages()]);
      const reading = consuming?.subscribe({
        ...{ group: moving, topics: [moving], unreadable: async () => undefined },
        handle: async ({ id }) => void arrived.add(id),
      });
      await eventually(() => expect([...published].filter((id) => !arrived.has(id))).toHaveLength(0), {
        timeoutMs: 60_000,
      });
      await reading?.stop();
    },
    longTest,
  );

  it(
    'go on under load while the leader of a partition is killed, and when it comes back',
    async () => {
      const killed = await leaderOf(0);
      await cluster.kill(killed);
      await untilTheyHaveCome();
      await eventually(async () => expect(await leaderOf(0)).not.toBe(killed), { timeoutMs: 60_000 });
      await untilTheyHaveCome();
      await cluster.start(killed);
      await untilTheyHaveCome();
    },
    longTest,
  );

  it(
    'go on while a broker answers slowly, and heal when it has not answered at all for a while',
    async () => {
      slowWay.delay(30);
      await untilTheyHaveCome();
      slowWay.blackHole();
      await pause(3_000);
      await slowWay.heal();
      await untilTheyHaveCome();
    },
    longTest,
  );

  it(
    'do not hold up who writes while two of the three are away, take nothing for published, and go on by themselves',
    async () => {
      const killed = [await leaderOf(0)];
      killed.push((killed[0] ?? 0) === 3 ? 1 : 3);
      await Promise.all(killed.map((node) => cluster.kill(node)));
      // What the two had acknowledged before may still be noted.
      await pause(2_000);
      const [before, position] = [written(), await publishedTo()];
      await pause(6_000);
      expect(written() - before).toBeGreaterThan(50);
      expect(await publishedTo()).toBe(position);
      await Promise.all(killed.map((node) => cluster.start(node)));
      await untilTheyHaveCome();
      expect(BigInt(await publishedTo())).toBeGreaterThan(BigInt(position));
    },
    longTest,
  );

  it(
    'have lost nothing in the end, had no effect twice, and kept the order of each subject',
    async () => {
      await load.stop();
      await untilTheyHaveCome();
      const had = await effects();
      for (const [subject, count] of load.told)
        expect(had.get(subject)).toEqual(Array.from({ length: count }, (_each, index) => index + 1));
      expect(await consumer.deadLetters()).toEqual([]);
    },
    longTest,
  );
});
