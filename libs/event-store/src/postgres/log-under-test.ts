import { randomUUID } from 'node:crypto';
import { createTestDatabase, createTestRole } from '@waymark/testing';
import pg from 'pg';
import type { EventStore } from '../port.js';
import { grantCategories } from './grants.js';
import { migrateEventStore } from './migrate.js';
import { openPostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.js';

/** What a role of the test may do. */
export interface RoleRights {
  readonly append?: readonly string[];
  readonly read?: readonly string[] | 'all';
}

/**
 * A fresh log for a test, with roles, stores and plain connections that `close` takes away again. On a database of its own
 * in the server of the test run, or on the one at `adminUrl`.
 */
export async function openLogUnderTest(adminUrl?: string) {
  const database = adminUrl
    ? { url: adminUrl, drop: () => Promise.resolve() }
    : await createTestDatabase('event_store');
  await migrateEventStore({ adminUrl: database.url });
  const endings: (() => Promise<unknown>)[] = [];

  const role = async ({ append = [], read = 'all' }: RoleRights) => {
    const created = await createTestRole(database);
    await grantCategories({ adminUrl: database.url, role: created.name, append, read });
    endings.unshift(() => created.drop());
    return created;
  };
  const openStore = (url: string, options: Partial<PostgresEventStoreOptions> = {}): EventStore => {
    const store = openPostgresEventStore({ url, ...options });
    endings.unshift(() => store.close());
    return store;
  };
  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    endings.unshift(() => client.end());
    return client;
  };
  return {
    url: database.url,
    role,
    openStore,
    connect,
    storeFor: async (rights: RoleRights) => openStore((await role(rights)).url),
    /** Appends one event as SQL on a connection that may have a transaction open. Resolves to its position. */
    appendOn: async (client: pg.Client, stream: string, data: object = {}): Promise<bigint> => {
      const { rows } = await client.query<{ position: string }>(
        'select "position" from waymark.append_events($1, -2, $2, $3, $4, $5, $6)',
        [stream, [randomUUID()], ['ThingHappened'], [1], [JSON.stringify(data)], ['{}']],
      );
      return BigInt(rows[0]?.position ?? 0);
    },
    close: async (): Promise<void> => {
      for (const end of endings) await end().catch(() => undefined);
      await database.drop();
    },
  };
}

export type LogUnderTest = Awaited<ReturnType<typeof openLogUnderTest>>;
