import { type KeyDatabase, rowsOf } from './data-keys.js';

/** A row of `data_keys`; moments as PostgreSQL writes them, which is more exact than a `Date`. */
export interface KeyRow {
  readonly subject_id: string;
  readonly wrapped: Buffer;
  readonly wrapping_key_id: string;
  readonly created_at: string;
  readonly destroyed_at: string | null;
}

/** Two stores hold different keys of the same person, and what was sealed under one of them would be lost. */
export class KeysDifferError extends Error {
  override readonly name = 'KeysDifferError';

  constructor(readonly subjectIds: readonly string[]) {
    super(`two stores hold different keys of ${subjectIds.length} persons, such as ${subjectIds[0] ?? 'nobody'}`);
  }
}

const brought = `SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::timestamptz[], $5::timestamptz[])
  AS brought (subject_id, wrapped, wrapping_key_id, created_at, destroyed_at)`;

/**
 * Adds keys from another store. What is there stays, whoever wraps it; but destroyed is destroyed, in whichever store, and since the
 * first time. Rejects with a `KeysDifferError`, and adds none, when a living key here is not the one that is brought. May be repeated.
 */
export async function bringKeys(database: KeyDatabase, rows: readonly KeyRow[]): Promise<void> {
  const columns = [
    rows.map((row) => row.subject_id),
    rows.map((row) => row.wrapped),
    rows.map((row) => row.wrapping_key_id),
    rows.map((row) => row.created_at),
    rows.map((row) => row.destroyed_at),
  ];
  const differing = await database.query(
    `SELECT subject_id FROM data_keys k JOIN (${brought}) AS b USING (subject_id)
     WHERE k.destroyed_at IS NULL AND b.destroyed_at IS NULL AND k.created_at <> b.created_at ORDER BY 1`,
    columns,
  );
  const subjectIds = rowsOf(differing).map((row) => (row as Pick<KeyRow, 'subject_id'>).subject_id);
  if (subjectIds.length > 0) throw new KeysDifferError(subjectIds);
  await database.query(
    `INSERT INTO data_keys AS k (subject_id, wrapped, wrapping_key_id, created_at, destroyed_at) ${brought} ORDER BY 1
     ON CONFLICT (subject_id) DO UPDATE
     SET wrapped = '', wrapping_key_id = '', destroyed_at = least(k.destroyed_at, excluded.destroyed_at)
     WHERE excluded.destroyed_at IS NOT NULL`,
    columns,
  );
}
