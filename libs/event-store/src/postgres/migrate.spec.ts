import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@waymark/testing';
import pg from 'pg';
import { eventStoreSchemaVersion, migrateEventStore, NewerSchemaError } from './migrate.js';

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
});
