import type { DataSource, EntityManager } from 'typeorm';
import { bringKeys, type KeyDatabase, type KeyRow, KeysDifferError, rowsOf } from '@waymark/privacy';
import { ConfigError } from './config-error.js';

const lock = 7_291_002;
const atOnce = 1_000;

/** Where data keys lay before they had a store of their own. */
const earlier = 'public.data_keys';

async function lieInOwnDatabase(database: KeyDatabase): Promise<boolean> {
  return rowsOf(await database.query('SELECT WHERE to_regclass($1) IS NOT NULL', [earlier])).length > 0;
}

/** Rejects with a `ConfigError` when the keys still lie in the service's own database, as an earlier release left them. */
export async function demandMovedKeys(service: string, ownDatabase: KeyDatabase): Promise<void> {
  if (await lieInOwnDatabase(ownDatabase))
    throw new ConfigError(
      `the data keys of ${service} are still in its own database: start the service, which moves them`,
    );
}

/**
 * Moves the data keys from the service's own database into their store, and drops the table there. Nobody can use a key meanwhile that
 * is not moved: the table is locked until it is gone, which is after the keys are safe in the store. A move that died is done again.
 * Answers how many keys were there. Rejects with a `ConfigError`, and drops nothing, when the store holds other keys of the same persons.
 */
export async function moveDataKeys(service: string, from: DataSource, store: KeyDatabase): Promise<number> {
  try {
    return await from.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [lock]);
      if (!(await lieInOwnDatabase(manager))) return 0;
      await manager.query(`LOCK TABLE ${earlier} IN ACCESS EXCLUSIVE MODE`);
      let moved = 0;
      for await (const rows of keyRows(manager)) {
        await bringKeys(store, rows);
        moved += rows.length;
      }
      await manager.query(`DROP TABLE ${earlier}`);
      return moved;
    });
  } catch (error) {
    if (error instanceof KeysDifferError)
      throw new ConfigError(`${service} cannot start: KEYS_DATABASE_URL: ${error.message}`);
    throw error;
  }
}

async function* keyRows(manager: EntityManager): AsyncGenerator<readonly KeyRow[]> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await manager.query<KeyRow[]>(
      `SELECT subject_id, wrapped, wrapping_key_id, created_at::text, destroyed_at::text FROM ${earlier}
       WHERE subject_id > $1 ORDER BY subject_id LIMIT ${atOnce}`,
      [last],
    );
    const end = rows.at(-1);
    if (!end) return;
    yield rows;
    last = end.subject_id;
  }
}
