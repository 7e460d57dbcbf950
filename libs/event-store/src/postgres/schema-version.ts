import type pg from 'pg';
import { EventStoreError } from '../port.js';
import { eventStoreSchemaVersion, NewerSchemaError, OlderSchemaError } from './migrate.js';

/**
 * Rejects with `unavailable` when the log's schema is not the one that this release knows. The version stands in the schema's
 * comment as well, because that can be read without any right on the log.
 */
export async function checkSchemaVersion(client: Pick<pg.Client, 'query'>): Promise<void> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select obj_description(to_regnamespace('waymark'), 'pg_namespace') as comment`,
  );
  const found = Number(/(\d+)$/.exec(rows[0]?.comment ?? '')?.[1] ?? 0);
  if (found === eventStoreSchemaVersion) return;
  const cause =
    found > eventStoreSchemaVersion
      ? new NewerSchemaError(found, eventStoreSchemaVersion)
      : new OlderSchemaError(found, eventStoreSchemaVersion);
  throw new EventStoreError('unavailable', cause.message, undefined, { cause });
}
