import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Bus,
  inboxOperationsMigration,
  inboxMigration,
  type Message,
  migrateBus,
  openPostgresBus,
  relayMigration,
  runRelay,
  type Relay,
} from '@waymark/messaging';
import { createTestDatabase, eventually, type TestDatabase } from '@waymark/testing';
import pg from 'pg';
import { newEvents, openLogGround, waymark, type LogGround } from './log-ground.fixture.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('messages publish-again', () => {
  let ground: LogGround;
  let database: TestDatabase;
  let pool: pg.Pool;
  let bus: Bus;
  let relay: Relay;
  let arrived: Message[] = [];
  let lose = true;

  beforeAll(async () => {
    ground = await openLogGround();
    database = await createTestDatabase('publish_again');
    pool = new pg.Pool({ connectionString: database.url });
    for (const migration of [inboxMigration, inboxOperationsMigration, relayMigration]) await pool.query(migration);
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
    await pool?.end();
    await database?.drop();
    await ground?.close();
  });

  it('repairs from the log what was lost in the middle of a topic, with the same ids', async () => {
    const events = newEvents(3);
    await ground.store.append('thing-a', 'none', events);
    await eventually(() => expect(arrived.map(({ sequence }) => sequence)).toEqual([1, 3]));
    const before = arrived;
    [arrived, lose] = [[], false];
    const args = ['messages', 'publish-again', '--service', 'case', '--database', database.url];
    // What was published is noted a moment after it was sent.
    await eventually(async () => {
      const { code, out } = await waymark(...args, '--json');
      expect({ code, ...JSON.parse(out) }).toEqual({ code: 0, service: 'case', published: 3 });
    });
    await eventually(() => expect(arrived.slice(0, 3).map(({ sequence }) => sequence)).toEqual([1, 2, 3]));
    expect([arrived[0]?.id, arrived[2]?.id]).toEqual(before.map(({ id }) => id));
  });

  it('is refused for a service that does not publish from this database', async () => {
    const { code, err } = await waymark('messages', 'publish-again', '--service', 'intake', '--database', database.url);
    expect(code).toBe(2);
    expect(err).toContain('case does');
  });
});
