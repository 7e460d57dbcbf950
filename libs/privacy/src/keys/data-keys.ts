import type { WrappedKey } from './key-provider.js';

/**
 * Keeps one wrapped data key per person whose data this service seals; destroying the key erases what it sealed.
 * A destroyed row stays, so that no new key is made for that person by accident.
 */
export const dataKeysMigration = `
CREATE TABLE data_keys (
  subject_id uuid PRIMARY KEY,
  wrapped bytea NOT NULL,
  wrapping_key_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((destroyed_at IS NOT NULL) = (wrapped = ''))
)`;

/** Where data keys lie: a `pg` pool or a TypeORM `DataSource`. */
export interface KeyDatabase {
  query(sql: string, parameters: unknown[]): Promise<unknown>;
}

export type StoredKey = WrappedKey | 'destroyed' | 'missing';

/** `pg` answers with a result holding rows, TypeORM with the rows of a SELECT. */
export function rowsOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  if (typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows))
    return result.rows;
  throw new TypeError('the database of the data keys answers neither like pg nor like TypeORM');
}

function storedKey(row: unknown): StoredKey {
  if (typeof row === 'object' && row !== null && 'wrapped' in row && 'wrapping_key_id' in row && 'destroyed' in row) {
    if (row.destroyed === true) return 'destroyed';
    if (Buffer.isBuffer(row.wrapped) && typeof row.wrapping_key_id === 'string') {
      return { wrapped: row.wrapped, wrappingKeyId: row.wrapping_key_id };
    }
  }
  throw new TypeError('a row of data_keys has another shape than its migration gave it');
}

export async function readKey(database: KeyDatabase, subjectId: string): Promise<StoredKey> {
  const result = await database.query(
    'SELECT wrapped, wrapping_key_id, destroyed_at IS NOT NULL AS destroyed FROM data_keys WHERE subject_id = $1',
    [subjectId],
  );
  const [row] = rowsOf(result);
  return row === undefined ? 'missing' : storedKey(row);
}

export interface NewKey {
  readonly subjectId: string;
  readonly key: WrappedKey;
}

/**
 * Stores each key unless its subject has one or had one; answers what is stored then, in the order asked: the first of several
 * processes wins, all use what it wrote. One statement, because it stands before every first word about a person.
 */
export async function insertOrReadKeys(database: KeyDatabase, asked: readonly NewKey[]): Promise<readonly StoredKey[]> {
  const result = await database.query(
    `WITH asked AS (
       SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS a (subject_id, wrapped, wrapping_key_id)
     ), made AS (
       INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) SELECT * FROM asked ORDER BY subject_id
       ON CONFLICT (subject_id) DO NOTHING
       RETURNING subject_id, wrapped, wrapping_key_id, false AS destroyed
     )
     SELECT * FROM made
     UNION ALL
     SELECT subject_id, k.wrapped, k.wrapping_key_id, k.destroyed_at IS NOT NULL FROM data_keys k JOIN asked USING (subject_id)`,
    [
      asked.map(({ subjectId }) => subjectId),
      asked.map(({ key }) => key.wrapped),
      asked.map(({ key }) => key.wrappingKeyId),
    ],
  );
  const stored = new Map(rowsOf(result).map((row) => [subjectOf(row), storedKey(row)]));
  return Promise.all(
    // Not there: somebody else inserted after this statement began.
    asked.map(async ({ subjectId }) => stored.get(subjectId) ?? readKey(database, subjectId)),
  );
}

export function subjectOf(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'subject_id' in row && typeof row.subject_id === 'string')
    return row.subject_id;
  throw new TypeError('a row of data_keys has another shape than its migration gave it');
}

/** A key that is no more. */
export interface DestroyedKey {
  /** Absent when there never was one. */
  readonly madeAt?: Date;
  /** Of the first time that it was destroyed. */
  readonly destroyedAt: Date;
}

/** Overwrites the wrapped key and marks the row, also for a subject that never had one. */
export async function destroyKey(database: KeyDatabase, subjectId: string): Promise<DestroyedKey> {
  const result = await database.query(
    `INSERT INTO data_keys AS k (subject_id, wrapped, wrapping_key_id, destroyed_at) VALUES ($1, '', '', now())
     ON CONFLICT (subject_id) DO UPDATE
     SET wrapped = '', wrapping_key_id = '', destroyed_at = coalesce(k.destroyed_at, now())
     RETURNING created_at, destroyed_at`,
    [subjectId],
  );
  const [row] = rowsOf(result);
  if (typeof row === 'object' && row !== null && 'created_at' in row && 'destroyed_at' in row) {
    const { created_at: madeAt, destroyed_at: destroyedAt } = row;
    if (madeAt instanceof Date && destroyedAt instanceof Date)
      return { destroyedAt, ...(madeAt.getTime() === destroyedAt.getTime() ? {} : { madeAt }) };
  }
  throw new TypeError('a row of data_keys has another shape than its migration gave it');
}

/** A person who was erased. */
export interface ErasedSubject {
  readonly subjectId: string;
  /** When their key was destroyed for the first time. */
  readonly destroyedAt: Date;
}

/**
 * Destroys what is there of these subjects' keys, and keeps any from being made. A key that had come back counts as destroyed since
 * the first time. Answers how many that was.
 */
export async function destroyKeys(database: KeyDatabase, erased: readonly ErasedSubject[]): Promise<number> {
  const result = await database.query(
    `WITH gone AS (
       INSERT INTO data_keys AS k (subject_id, wrapped, wrapping_key_id, created_at, destroyed_at)
       SELECT subject_id, '', '', min(destroyed_at), min(destroyed_at)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS erased (subject_id, destroyed_at) GROUP BY 1 ORDER BY 1
       ON CONFLICT (subject_id) DO UPDATE SET wrapped = '', wrapping_key_id = '', destroyed_at = excluded.destroyed_at
       WHERE k.destroyed_at IS NULL
       RETURNING 1
     )
     SELECT * FROM gone`,
    [erased.map(({ subjectId }) => subjectId), erased.map(({ destroyedAt }) => destroyedAt)],
  );
  return rowsOf(result).length;
}

/**
 * Notes that those of these subjects who have no key have lost it: it counts as destroyed, and none is made in its place, under which what
 * was sealed before would look altered. Answers how many that was.
 */
export async function noteLostKeys(database: KeyDatabase, subjectIds: readonly string[]): Promise<number> {
  const result = await database.query(
    `WITH lost AS (
       INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id, destroyed_at)
       SELECT DISTINCT sealed.subject_id, ''::bytea, '', now() FROM unnest($1::uuid[]) AS sealed (subject_id) ORDER BY 1
       ON CONFLICT DO NOTHING
       RETURNING 1
     )
     SELECT * FROM lost`,
    [subjectIds],
  );
  return rowsOf(result).length;
}
