import { readFile } from 'node:fs/promises';
import { inAdminTransaction, takeSetupLock } from './database.js';

/** In order; a file that has been released is never changed. */
const migrations = [
  ...['001-log', '002-append', '003-read', '004-locks', '006-append', '007-append-cheaply'],
  '008-read',
] as const;

/** The version of the log's schema that this code knows. */
export const eventStoreSchemaVersion = migrations.length;

/** The database has been migrated by a newer release: this one must not touch it. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';

  constructor(
    readonly found: number,
    readonly known: number,
  ) {
    super(
      `the event store's schema is at version ${found}, this release knows up to version ${known}: start a newer release`,
    );
  }
}

/** The database has not been migrated to this release yet. */
export class OlderSchemaError extends Error {
  override readonly name = 'OlderSchemaError';

  constructor(
    readonly found: number,
    readonly known: number,
  ) {
    super(`the event store's schema is at version ${found}, this release needs version ${known}: migrate first`);
  }
}

/**
 * Brings the schema `waymark` of the database up to date, in one transaction; does nothing when it is. Safe to run by several
 * processes at once. Rejects with `NewerSchemaError` when the database is ahead. Needs PostgreSQL 16 or newer, encoding UTF8, and a user who
 * may create schemas; that user will own the log.
 */
export async function migrateEventStore(options: { readonly adminUrl: string }): Promise<void> {
  const scripts = await Promise.all(
    migrations.map((name) => readFile(new URL(`./migrations/${name}.sql`, import.meta.url), 'utf8')),
  );
  await inAdminTransaction(options.adminUrl, async (client) => {
    await takeSetupLock(client);
    await client.query('create schema if not exists waymark');
    await client.query(
      `create table if not exists waymark.schema_version (
         version integer primary key, name text not null, applied_at timestamptz not null default clock_timestamp())`,
    );
    const { rows } = await client.query<{ version: number }>(
      'select coalesce(max(version), 0)::integer as version from waymark.schema_version',
    );
    const found = rows[0]?.version ?? 0;
    if (found > eventStoreSchemaVersion) throw new NewerSchemaError(found, eventStoreSchemaVersion);
    for (const [index, name] of migrations.entries()) {
      if (index < found) continue;
      await client.query(scripts[index] ?? '');
      await client.query('insert into waymark.schema_version (version, name) values ($1, $2)', [index + 1, name]);
    }
    await client.query(`comment on schema waymark is 'event log, schema version ${eventStoreSchemaVersion}'`);
  });
}
