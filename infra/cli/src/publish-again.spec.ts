import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Bus,
  carryOutPublishingOrders,
  type Message,
  migrateBus,
  openPostgresBus,
  type PublishingOrder,
  relayMigration,
  relayOrdersMigration,
  relayOrdersOfSeveralMigration,
  runRelay,
  type Relay,
} from '@waymark/messaging';
import { createTestDatabase, eventually, type TestDatabase } from '@waymark/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { newEvents, openLogGround, waymark, type LogGround } from './log-ground.fixture.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('messages publish-again', () => {
  let ground: LogGround;
  let database: TestDatabase;
  let pool: pg.Pool;
  let dataSource: DataSource;
  let bus: Bus;
  let relay: Relay;
  let arrived: Message[] = [];
  let lose = true;
  let recorded: PublishingOrder[] = [];

  beforeAll(async () => {
    ground = await openLogGround();
    database = await createTestDatabase('publish_again');
    pool = new pg.Pool({ connectionString: database.url });
    for (const migration of [relayMigration, relayOrdersMigration, relayOrdersOfSeveralMigration])
      await pool.query(migration);
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await migrateBus({ adminUrl: database.url });
    bus = openPostgresBus({ url: database.url, log });
    relay = runRelay({
      ...{ service: 'case', topic: 'waymark.case', store: ground.store, categories: ['thing'], pool, log },
      bus: {
        ...bus,
        publish: async (_topic, messages) =>
          void arrived.push(...messages.filter(({ sequence }) => !lose || sequence !== 2)),
      },
      translate: ({ stream, data }) => ({ type: 'case.thing-happened.v1', subject: stream, data }),
    });
  });
  afterAll(async () => {
    await relay?.stop();
    await bus?.close();
    await dataSource?.destroy();
    await pool?.end();
    await database?.drop();
    await ground?.close();
  });

  const publishAgain = (...args: readonly string[]) =>
    waymark('messages', 'publish-again', '--database', database.url, ...args);
  const told = async (...args: readonly string[]) => {
    const { code, out } = await publishAgain('--service', 'case', ...args, '--json');
    return { code, ...JSON.parse(out) };
  };
  /** What the service does every second. */
  const obey = () => carryOutPublishingOrders({ dataSource, log, onOrder: async (order) => void recorded.push(order) });
  /** A command that waits, with the service back as soon as so many orders are open. */
  const obeyed = async <Result>(command: Promise<Result>, orders = 1): Promise<Result> => {
    await eventually(async () => {
      const { rows } = await pool.query('select from relay_orders where done_at is null');
      expect(rows).toHaveLength(orders);
    });
    await obey();
    return command;
  };

  it('repairs from the log what was lost in the middle of a topic, with the same ids', async () => {
    const events = newEvents(3);
    await ground.store.append('thing-a', 'none', events);
    await eventually(() => expect(arrived.map(({ sequence }) => sequence)).toEqual([1, 3]));
    const before = arrived;
    [arrived, lose] = [[], false];
    // What was published is noted a moment after it was sent.
    await eventually(async () => {
      const { rows } = await pool.query('select published::integer from relay_checkpoint');
      expect(rows).toEqual([{ published: 3 }]);
    });
    expect(await obeyed(told('--operator', 'tomas'))).toEqual({
      ...{ code: 0, service: 'case', operator: 'tomas', outcome: 'done', published: 3 },
      orderId: expect.any(String),
    });
    await eventually(() => expect(arrived.slice(0, 3).map(({ sequence }) => sequence)).toEqual([1, 2, 3]));
    expect([arrived[0]?.id, arrived[2]?.id]).toEqual(before.map(({ id }) => id));
  });

  it('says in words what came of it', async () => {
    const { code, out } = await obeyed(publishAgain('--service', 'case'));
    expect(code).toBe(0);
    expect(out).toMatch(/^Done\. case publishes again what it has published, \d messages\.\n$/);
  });

  it('waits as an order when the service is down; two who order it get one new start, and each is recorded', async () => {
    const first = await told('--operator', 'tomas', '--wait', '1');
    expect(first).toMatchObject({ code: 1, service: 'case', operator: 'tomas', outcome: 'ordered' });
    const { code, out } = await publishAgain('--service', 'case', '--operator', 'amina', '--wait', '1');
    expect(code).toBe(1);
    expect(out).toMatch(/^Ordered as \S+\. No instance/);
    recorded = [];
    const third = await obeyed(told('--operator', 'tomas'), 3);
    expect(third).toMatchObject({ code: 0, outcome: 'done', with: first.orderId });
    expect(recorded.map(({ operator }) => operator)).toEqual(['tomas', 'amina', 'tomas']);
    expect(recorded[0]).toEqual({ id: first.orderId, service: 'case', operator: 'tomas' });
  });

  it('says in words with which order it was done', async () => {
    const { orderId } = await told('--wait', '1');
    const { out } = await obeyed(publishAgain('--service', 'case'), 2);
    expect(out).toMatch(new RegExp(`, once for this order and ${orderId}\\.\n$`));
  });

  it('is refused for a service that does not publish from this database, and nothing is ordered', async () => {
    const { code, err } = await publishAgain('--service', 'intake');
    expect(code).toBe(2);
    expect(err).toContain('case does');
    const { rows } = await pool.query("select from relay_orders where service = 'intake'");
    expect(rows).toEqual([]);
  });

  it('is refused for a database of an earlier release, which knows no such orders', async () => {
    const earlier = await createTestDatabase('publish_again_earlier');
    const { code, err } = await waymark('messages', 'publish-again', '--service', 'case', '--database', earlier.url);
    await earlier.drop();
    expect(code).toBe(2);
    expect(err).toContain('of an earlier release');
  });
});
