import { grantCategories, migrateEventStore, openPostgresEventStore, type EventStore } from '@waymark/event-store';
import { createTestDatabase, createTestRole, type TestDatabase } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Log } from '../log.js';
import type { Bus } from '../port.js';
import { openPostgresBus } from '../postgres/bus.js';
import { migrateBus } from '../postgres/migrate.js';

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface RelayGround {
  readonly database: TestDatabase;
  readonly store: EventStore;
  readonly bus: Bus;
  readonly pool: pg.Pool;
  /** A name for a service and its topic, and a category of events, that nobody has used yet. */
  newService(): Promise<{ readonly service: string; readonly category: string }>;
  close(): Promise<void>;
}

/** A log and a bus in one database, which also holds what a relay notes. */
export async function openRelayGround(name: string, migrations: readonly string[]): Promise<RelayGround> {
  const database = await createTestDatabase(name);
  const role = await createTestRole(database);
  await migrateEventStore({ adminUrl: database.url });
  await migrateBus({ adminUrl: database.url });
  const store = openPostgresEventStore({ url: role.url });
  const bus = openPostgresBus({ url: database.url, log: silent });
  const pool = new pg.Pool({ connectionString: database.url, max: 6 });
  pool.on('error', () => undefined);
  for (const migration of migrations) await pool.query(migration);
  return {
    ...{ database, store, bus, pool },
    newService: async () => {
      const service = `s-${randomUUID()}`;
      const category = `c${randomUUID().replaceAll('-', '')}`;
      await grantCategories({ adminUrl: database.url, role: role.name, append: [category], read: [category] });
      await bus.ensureTopics([service]);
      return { service, category };
    },
    close: async () => {
      await bus.close();
      await store.close();
      await pool.end();
      await role.drop();
      await database.drop();
    },
  };
}
