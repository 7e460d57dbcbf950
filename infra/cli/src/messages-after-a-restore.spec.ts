import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import type { LocalPostgres } from '@waymark/local-postgres';
import { type Bus, relayMigration, runRelay } from '@waymark/messaging';
import { eventually } from '@waymark/testing';
import pg from 'pg';
import { newEvents } from './log-ground.fixture.js';
import { openBackupGround, type BackupGround } from './physical-backup.fixture.js';

const password = randomBytes(12).toString('hex');

describe('a relay whose server was set back, while the bus goes on counting as read what consumers have lost', () => {
  let ground: BackupGround;
  /** What the bus was given, which outlives the server. */
  const published: string[] = [];
  const alarms: string[] = [];
  beforeAll(async () => {
    ground = await openBackupGround();
    const adminUrl = ground.first.url();
    await migrateEventStore({ adminUrl });
    await grantCategories({ adminUrl, role: 'keeper', password, append: ['thing'], read: ['thing'] });
    await ground.within(ground.first, (client) => client.query(relayMigration));
  }, 120_000);
  afterAll(() => ground?.close());

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
    const pool = new pg.Pool({ connectionString: server.url() });
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
