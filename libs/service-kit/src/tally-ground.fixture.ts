import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EventStore,
  grantCategories,
  migrateEventStore,
  openKurrentEventStore,
  openPostgresEventStore,
} from '@waymark/event-store';
import { grantBus, migrateBus } from '@waymark/messaging';
import { createKeyFile, dataKeysMigration } from '@waymark/privacy';
import { createTestDatabase, createTestRole, freePort, KurrentPeer } from '@waymark/testing';
import { connectKeyDatabase } from './open-key-database.js';
import { createSecretFile } from './secrets.js';

/** What a service stands on: an environment that is right, and the log with the service's own rights. */
export interface TallyGround {
  readonly environment: Readonly<Record<string, string>>;
  readonly store: EventStore;
  /** Plays the event store's server, where it is KurrentDB. */
  readonly peer?: KurrentPeer;
  readonly databaseUrl: string;
  freePort(): Promise<string>;
  close(): Promise<void>;
}

export async function prepareGround(kind: 'postgres' | 'kurrentdb' = 'postgres'): Promise<TallyGround> {
  const database = await createTestDatabase('tally');
  // The log's database is the log's alone: nobody else takes advisory locks there, and the bus needs them.
  const busDatabase = await createTestDatabase('tally_bus');
  const keysDatabase = await createTestDatabase('tally_keys');
  const keys = connectKeyDatabase(keysDatabase.url, 'tally-ground', 1);
  await keys.query(dataKeysMigration).finally(() => keys.end());
  const role = await createTestRole(database);
  const dir = await mkdtemp(join(tmpdir(), 'waymark-tally-'));
  await migrateEventStore({ adminUrl: database.url });
  const categories = ['tally', 'tally_access', 'tally_process', 'tally_operations'];
  await grantCategories({ adminUrl: database.url, role: role.name, append: categories, read: categories });
  await migrateBus({ adminUrl: busDatabase.url });
  await grantBus({ adminUrl: busDatabase.url, role: role.name, publish: ['waymark.tally'], consume: [] });
  await createKeyFile({ path: join(dir, 'key') });
  await createSecretFile(join(dir, 'secret'));
  const busUrl = new URL(role.url);
  busUrl.pathname = `/${busDatabase.name}`;
  const peer = kind === 'kurrentdb' ? await KurrentPeer.start() : undefined;
  const eventStoreUrl = peer?.url ?? role.url;
  const store = peer ? openKurrentEventStore({ url: peer.url }) : openPostgresEventStore({ url: role.url });
  return {
    store,
    ...(peer && { peer }),
    databaseUrl: database.url,
    freePort: async () => String(await freePort()),
    environment: {
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      KEYS_DATABASE_URL: keysDatabase.url,
      EVENT_STORE: kind,
      EVENT_STORE_URL: eventStoreUrl,
      BUS: 'postgres',
      BUS_URL: busUrl.href,
      OIDC_ISSUER: 'http://127.0.0.1:9',
      RECEIPT_ISSUER: 'http://127.0.0.1:9',
      SERVICE_CLIENT_SECRET: 'of nobody',
      KEY_FILE: join(dir, 'key'),
      SECRET_FILE: join(dir, 'secret'),
      LOG_LEVEL: 'error',
    },
    close: async () => {
      await store.close();
      peer?.stop();
      await keysDatabase.drop();
      await busDatabase.drop();
      await role.drop();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
