import { describe, expect, it } from '@jest/globals';
import { createTestDatabase, createTestRole } from '@waymark/testing';
import pg from 'pg';
import { newEvent, refusalOf } from '../contract/log-under-contract.js';
import { EventStoreError, type EventStore } from '../port.js';
import { grantCategories } from './grants.js';
import { takeSetupLock } from './database.js';
import { eventStoreSchemaVersion, migrateEventStore, NewerSchemaError, OlderSchemaError } from './migrate.js';
import { openPostgresEventStore } from './postgres-event-store.js';

const withDatabase = async (work: (adminUrl: string, client: pg.Client) => Promise<void>): Promise<void> => {
  const database = await createTestDatabase('event_store_migration');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await work(database.url, client);
  } finally {
    await client.end();
    await database.drop();
  }
};
const versions = async (client: pg.Client): Promise<number[]> => {
  const { rows } = await client.query<{ version: number }>(
    'select version from waymark.schema_version order by version',
  );
  return rows.map((row) => row.version);
};

describe('migrating the log', () => {
  it('does each step once, however many processes start at once and again', () =>
    withDatabase(async (adminUrl, client) => {
      await Promise.all(Array.from({ length: 8 }, () => migrateEventStore({ adminUrl })));
      await migrateEventStore({ adminUrl });
      expect(await versions(client)).toEqual(Array.from({ length: eventStoreSchemaVersion }, (_, index) => index + 1));
    }));

  it('refuses a schema that is newer than it knows, naming both versions, and changes nothing', () =>
    withDatabase(async (adminUrl, client) => {
      await migrateEventStore({ adminUrl });
      const newer = eventStoreSchemaVersion + 1;
      await client.query(`insert into waymark.schema_version (version, name) values ($1, 'from the future')`, [newer]);
      const refusal = await migrateEventStore({ adminUrl }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(NewerSchemaError);
      expect(refusal).toMatchObject({ found: newer, known: eventStoreSchemaVersion });
      expect(String(refusal)).toContain(`version ${newer}`);
      expect(String(refusal)).toContain(`version ${eventStoreSchemaVersion}`);
      expect(await versions(client)).toHaveLength(newer);
    }));

  it('leaves nothing behind when it fails on its way', () =>
    withDatabase(async (adminUrl, client) => {
      await client.query(`
        create function public.refuse() returns event_trigger language plpgsql
          as $$ begin raise exception 'no index today'; end $$;
        create event trigger refuse on ddl_command_end when tag in ('CREATE INDEX') execute function public.refuse()`);
      await expect(migrateEventStore({ adminUrl })).rejects.toThrow('no index today');
      expect((await client.query(`select to_regnamespace('waymark') as schema`)).rows).toEqual([{ schema: null }]);
      await client.query('drop event trigger refuse');
      await migrateEventStore({ adminUrl });
      expect(await versions(client)).toHaveLength(eventStoreSchemaVersion);
    }));
});

describe('opening a log', () => {
  const opened = async (work: (store: EventStore, client: pg.Client, open: () => EventStore) => Promise<void>) =>
    withDatabase(async (adminUrl, client) => {
      const role = await createTestRole({ url: adminUrl });
      await migrateEventStore({ adminUrl });
      await grantCategories({ adminUrl, role: role.name, append: ['thing'], read: 'all' });
      const stores: EventStore[] = [];
      const open = (): EventStore => {
        const store = openPostgresEventStore({ url: role.url });
        stores.push(store);
        return store;
      };
      try {
        await work(open(), client, open);
      } finally {
        for (const store of stores) await store.close();
        await role.drop();
      }
    });
  const errorOf = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((error: unknown) => error);

  it.each([
    ['newer', eventStoreSchemaVersion + 1, NewerSchemaError],
    ['older', eventStoreSchemaVersion - 1, OlderSchemaError],
  ])('whose schema is %s than the release knows is refused, naming both versions', (_, found, reason) =>
    opened(async (store, client) => {
      await client.query(`comment on schema waymark is 'event log, schema version ${found}'`);
      for (const attempt of [
        store.ping(),
        store.readAll({ after: 0n }),
        store.append('thing-1', 'any', [newEvent()]),
      ]) {
        const error = await errorOf(attempt);
        expect(error).toBeInstanceOf(EventStoreError);
        expect(error).toMatchObject({ code: 'unavailable', cause: { found, known: eventStoreSchemaVersion } });
        if (error instanceof Error) expect(error.cause).toBeInstanceOf(reason);
        expect(String(error)).toContain(`version ${found}`);
        expect(String(error)).toContain(`version ${eventStoreSchemaVersion}`);
      }
      expect((await client.query('select from waymark.events')).rowCount).toBe(0);
      // The same store works as soon as the schema is what it knows.
      await client.query(`comment on schema waymark is 'event log, schema version ${eventStoreSchemaVersion}'`);
      await store.ping();
    }),
  );

  it('that was never set up is refused', () =>
    withDatabase(async (url) => {
      const store = openPostgresEventStore({ url });
      expect(await refusalOf(store.ping())).toEqual({ code: 'unavailable' });
      await store.close();
    }));

  it('leaves alone who has opened it already when it is migrated to the next release', () =>
    opened(async (store, client, open) => {
      await store.ping();
      await client.query(`comment on schema waymark is 'event log, schema version ${eventStoreSchemaVersion + 1}'`);
      expect(await refusalOf(store.append('thing-1', 'none', [newEvent()]))).toBe('accepted');
      expect(await refusalOf(open().append('thing-1', 'any', [newEvent()]))).toEqual({ code: 'unavailable' });
    }));

  it('is not waited for without end by another setup, which says what stands in the way', async () => {
    const database = await createTestDatabase('setup_lock');
    const [one, other] = [new pg.Client(database.url), new pg.Client(database.url)];
    for (const client of [one, other]) {
      await client.connect();
      await client.query('begin');
    }
    await takeSetupLock(one);
    await expect(takeSetupLock(other, 100)).rejects.toThrow('is being set up by another session');
    await Promise.all([one.end(), other.end()]);
    await database.drop();
  });

  it('leaves how long whoever sets it up waits for other locks as it was', async () => {
    const database = await createTestDatabase('setup_wait');
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(`begin; set local lock_timeout = '7s'`);
    await takeSetupLock(client);
    expect((await client.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '7s' }]);
    await client.end();
    await database.drop();
  });
});
