import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import type { LocalPostgres } from '@waymark/local-postgres';
import { type Bus, relayMigration, runRelay } from '@waymark/messaging';
import { createTestDatabase, eventually, type TestDatabase } from '@waymark/testing';
import pg from 'pg';
import { newEvents } from './log-ground.fixture.js';
import { openBackupGround, type BackupGround } from './physical-backup.fixture.js';

const password = randomBytes(12).toString('hex');

describe.each([
  { where: 'on the server of the log', apart: false },
  { where: 'on another one, which was not set back', apart: true },
])('a relay whose log was set back, the database of its service lying $where', ({ apart }) => {
  let ground: BackupGround;
  let elsewhere: TestDatabase;
  /** What the bus was given, which outlives the server. */
  const published: string[] = [];
  const alarms: string[] = [];
  beforeAll(async () => {
    ground = await openBackupGround();
    const adminUrl = ground.first.url();
    await migrateEventStore({ adminUrl });
    await grantCategories({ adminUrl, role: 'keeper', password, append: ['thing'], read: ['thing'] });
    elsewhere = await createTestDatabase('relay_elsewhere');
    const client = new pg.Client({ connectionString: databaseOf(ground.first) });
    await client.connect();
    await client.query(relayMigration).finally(() => client.end());
  }, 120_000);
  afterAll(async () => {
    await ground?.close();
    await elsewhere?.drop();
  });

  const databaseOf = (server: LocalPostgres): string => (apart ? elsewhere.url : server.url());

  const bus: Bus = {
    publish: async (_topic, messages) =>
      void published.push(...messages.map(({ subject, sequence }) => `${subject} ${sequence}`)),
    subscribe: () => {
      throw new Error('nobody reads here');
    },
    ensureTopics: () => Promise.resolve(),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

  /** A life of the service on that server. */
  const live = async (
    server: LocalPostgres,
    work: (append: (stream: string) => Promise<unknown>) => Promise<unknown>,
  ) => {
    const store = openPostgresEventStore({ url: `postgres://keeper:${password}@127.0.0.1:${server.port}/postgres` });
    const pool = new pg.Pool({ connectionString: databaseOf(server) });
    // Its connections may still be ending when the server is stopped.
    pool.on('error', () => undefined);
    const relay = runRelay({
      ...{ service: 'case', topic: 'waymark.case', store, categories: ['thing'], bus, pool },
      log: { ...log, error: (_details: unknown, message: string) => void alarms.push(message) },
      translate: ({ stream, data }) => ({ type: 'case.thing-happened.v1', subject: stream, data }),
    });
    await relay.ready;
    await work((stream) => store.append(stream, 'any', newEvents(1)));
    await relay.stop();
    await store.close();
    await pool.end();
  };
  const arrives = (...messages: readonly string[]) => eventually(() => expect(published).toEqual(messages));

  it('publishes everything again, once, and raises an alarm', async () => {
    await live(ground.first, async (append) => {
      await append('thing-one');
      await append('thing-two');
      await arrives('thing-one 1', 'thing-two 1');
    });
    await live(ground.first, async (append) => {
      await append('thing-one');
      await arrives('thing-one 1', 'thing-two 1', 'thing-one 2');
    });
    await ground.backUp();
    await live(ground.first, async (append) => {
      await append('thing-lost');
      await arrives('thing-one 1', 'thing-two 1', 'thing-one 2', 'thing-lost 1');
    });
    expect(alarms).toEqual([]);
    await ground.lose();
    const restored = await ground.restore('restored');
    published.length = 0;
    await live(restored, () => arrives('thing-one 1', 'thing-two 1', 'thing-one 2'));
    expect(alarms).toEqual([expect.stringContaining('everything is published again')]);
    await live(restored, async (append) => {
      await append('thing-two');
      await arrives('thing-one 1', 'thing-two 1', 'thing-one 2', 'thing-two 2');
    });
    expect(alarms).toHaveLength(1);
  }, 120_000);
});
