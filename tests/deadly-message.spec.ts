import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Bus,
  inboxForgettingMigration,
  inboxMigration,
  inboxMovedNumbersMigration,
  inboxOperationsMigration,
  inboxStepsMigration,
  letterOrders,
  type Message,
  migrateBus,
  openKafkaBus,
  openPostgresBus,
} from '@waymark/messaging';
import { createTestDatabase, eventually, kafkaBrokers, type TestDatabase } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { type ConsumerProcess, startConsumerProcess } from './deadly-message.fixture.js';
import { buildServices } from './processes.fixture.js';

const attempts = 2;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const about = (subject: string, sequence: number): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/waymark/test',
  type: 'test.something-happened.v1',
  subject,
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: 'correlation',
  causationid: 'causation',
  data: {},
});

beforeAll(buildServices, 240_000);

describe.each(['PostgreSQL', 'Kafka'])('a message with which the process dies, over %s', (kind) => {
  let database: TestDatabase;
  let busDatabase: TestDatabase;
  let dataSource: DataSource;
  let bus: Bus;
  let topic: string;
  let environment: NodeJS.ProcessEnv;
  let running: ConsumerProcess | undefined;

  beforeEach(async () => {
    [database, busDatabase] = [await createTestDatabase('deadly'), await createTestDatabase('deadly_bus')];
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const migrations = [
      inboxMigration,
      inboxOperationsMigration,
      inboxStepsMigration,
      inboxForgettingMigration,
      inboxMovedNumbersMigration,
    ];
    for (const sql of migrations) await dataSource.query(sql);
    await dataSource.query('create table effects (place serial, subject text, sequence int)');
    await migrateBus({ adminUrl: busDatabase.url });
    topic = `waymark.test-${randomUUID()}`;
    const brokers = await kafkaBrokers();
    bus =
      kind === 'Kafka'
        ? openKafkaBus({ brokers, clientId: 'deadly-test', partitions: 1, log })
        : openPostgresBus({ url: busDatabase.url, log });
    await bus.ensureTopics([topic]);
    const way = kind === 'Kafka' ? { KAFKA_BROKERS: brokers.join(',') } : { BUS_URL: busDatabase.url };
    environment = { DATABASE_URL: database.url, TOPIC: topic, ATTEMPTS: String(attempts), ...way };
  });
  afterEach(async () => {
    await running?.kill();
    await bus.close();
    await dataSource.destroy();
    await Promise.all([database.drop(), busDatabase.drop()]);
  });

  const effects = async (): Promise<Record<string, number[]>> => {
    const rows = await dataSource.query<{ subject: string; sequences: number[] }[]>(
      'select subject, array_agg(sequence order by place) as sequences from effects group by subject',
    );
    return Object.fromEntries(rows.map(({ subject, sequences }) => [subject, sequences]));
  };
  const letters = () =>
    dataSource.query<{ id: string; subject: string; sequence: string; reason: string; attempts: number }[]>(
      'select id, subject, sequence, reason, attempts from dead_letters where closed_at is null order by sequence',
    );

  /** Starts the consumer again each time it dies, until `reached`; answers how often it died. */
  const deathsUntil = async (reached: () => Promise<boolean>): Promise<number> => {
    for (let deaths = 0; ; deaths += 1) {
      const consumer = (running ??= startConsumerProcess(environment));
      const over = new AbortController();
      const died = consumer.ended.finally(() => over.abort());
      const arrived = eventually(async () => over.signal.aborted || (await reached()), { timeoutMs: 60_000 });
      await Promise.race([died, arrived]);
      if (await reached()) return deaths;
      expect(await died).toBe('SIGKILL');
      running = undefined;
    }
  };

  it('becomes a dead letter after so many attempts, and only its own key waits', async () => {
    await bus.publish(topic, [about('quiet', 1), about('deadly', 1), about('deadly', 2), about('quiet', 2)]);
    const deaths = await deathsUntil(async () => (await letters()).length === 2);
    // The first life did not know that it had anything to fear.
    expect(deaths).toBe(attempts + 1);
    expect(await letters()).toMatchObject([
      { subject: 'deadly', sequence: '1', reason: 'handler_failed', attempts },
      { subject: 'deadly', sequence: '2', reason: 'behind_dead_letter', attempts: 0 },
    ]);
    await bus.publish(topic, [about('quiet', 3)]);
    await eventually(async () => expect(await effects()).toEqual({ quiet: [1, 2, 3] }));

    const [letter] = await letters();
    const order = await letterOrders.place(dataSource.manager, {
      ...{ consumer: topic, deadLetterId: letter?.id ?? '', kind: 'redrive', reason: null, operator: 'amina' },
    });
    expect(await deathsUntil(async () => (await letterOrders.result(dataSource.manager, order)) !== undefined)).toBe(
      attempts,
    );
    expect(await letterOrders.result(dataSource.manager, order)).toEqual({
      outcome: 'done',
      redriven: 0,
      stoppedAt: { deadLetterId: letter?.id, reason: 'handler_failed' },
    });
    expect(await effects()).toEqual({ quiet: [1, 2, 3] });
  }, 180_000);
});
