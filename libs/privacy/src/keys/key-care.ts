import { KeyProviderError, type KeyProviderErrorCode } from './key-errors.js';
import { type KeyDatabase, rowsOf, subjectOf } from './data-keys.js';
import type { KeyProvider, WrappedKey } from './key-provider.js';

const atOnce = 100;

/** How many data keys there are, by the version that wraps them, and how many have been destroyed. */
export interface KeyCounts {
  readonly living: readonly { readonly wrappingKeyId: string; readonly keys: number }[];
  readonly destroyed: number;
}

export async function countKeys(database: KeyDatabase): Promise<KeyCounts> {
  const result = await database.query(
    `SELECT wrapping_key_id AS id, count(*)::int AS keys FROM data_keys GROUP BY 1, destroyed_at IS NULL ORDER BY 1`,
    [],
  );
  const counted = rowsOf(result).map((row) => {
    if (typeof row !== 'object' || row === null || !('id' in row && 'keys' in row)) throw new TypeError('no counts');
    return { wrappingKeyId: String(row.id), keys: Number(row.keys) };
  });
  return {
    living: counted.filter(({ wrappingKeyId }) => wrappingKeyId !== ''),
    destroyed: counted.filter(({ wrappingKeyId }) => wrappingKeyId === '').reduce((sum, { keys }) => sum + keys, 0),
  };
}

interface LivingKey extends WrappedKey {
  readonly subjectId: string;
}

async function* livingKeys(database: KeyDatabase, butThoseOf: string): AsyncGenerator<LivingKey> {
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const result = await database.query(
      `SELECT subject_id, wrapped, wrapping_key_id FROM data_keys
       WHERE destroyed_at IS NULL AND wrapping_key_id <> $1 AND subject_id > $2 ORDER BY subject_id LIMIT ${atOnce}`,
      [butThoseOf, last],
    );
    const keys = rowsOf(result).map(livingKey);
    yield* keys;
    const end = keys.at(-1);
    if (keys.length < atOnce || !end) return;
    last = end.subjectId;
  }
}

function livingKey(row: unknown): LivingKey {
  if (typeof row === 'object' && row !== null && 'subject_id' in row && 'wrapped' in row && 'wrapping_key_id' in row) {
    const { subject_id: subjectId, wrapped, wrapping_key_id: wrappingKeyId } = row;
    if (typeof subjectId === 'string' && Buffer.isBuffer(wrapped) && typeof wrappingKeyId === 'string')
      return { subjectId, wrapped, wrappingKeyId };
  }
  throw new TypeError('a row of data_keys has another shape than its migration gave it');
}

/**
 * Wraps every data key under the current version that another one wraps; no event is touched. Goes on where it was after it died,
 * and beside running services: a key that is destroyed or made meanwhile stays so. `from`: what wrapped them before, if another
 * provider did. Answers how many it was. Rejects with the first `KeyProviderError`.
 */
export async function rewrapKeys(options: {
  readonly database: KeyDatabase;
  readonly provider: KeyProvider;
  readonly from?: KeyProvider;
  readonly onProgress?: (done: number) => void;
}): Promise<number> {
  const { database, provider, from, onProgress } = options;
  const { current } = await provider.versions();
  const before = new Set(from ? (await from.versions()).all : []);
  let done = 0;
  for await (const { subjectId, wrapped, wrappingKeyId } of livingKeys(database, current)) {
    const next =
      from && before.has(wrappingKeyId)
        ? await wrapAnew(from, provider, wrapped, wrappingKeyId)
        : await provider.rewrap(wrapped, wrappingKeyId);
    await database.query(
      'UPDATE data_keys SET wrapped = $3, wrapping_key_id = $4 WHERE subject_id = $1 AND wrapped = $2 AND destroyed_at IS NULL',
      [subjectId, wrapped, next.wrapped, next.wrappingKeyId],
    );
    done += 1;
    onProgress?.(done);
  }
  return done;
}

async function wrapAnew(from: KeyProvider, to: KeyProvider, wrapped: Buffer, id: string): Promise<WrappedKey> {
  const plain = await from.unwrap(wrapped, id);
  try {
    return await to.wrap(plain);
  } finally {
    plain.fill(0);
  }
}

export type KeyFault = KeyProviderErrorCode | 'alive_though_erased' | 'missing';

/**
 * Unwraps every data key there is, and holds them against those whom the log says to be erased, and those for whom something is sealed
 * in it. Answers how many it looked at, and whose key is not as it must be. Rejects when the provider cannot be asked.
 */
export async function verifyKeys(options: {
  readonly database: KeyDatabase;
  readonly provider: KeyProvider;
  readonly erased: readonly string[];
  readonly sealed?: readonly string[];
  readonly onProgress?: (done: number) => void;
}): Promise<{
  readonly keys: number;
  readonly faults: readonly { readonly subjectId: string; readonly fault: KeyFault }[];
}> {
  const { database, provider, sealed = [], onProgress } = options;
  const erased = new Set(options.erased);
  const faults: { subjectId: string; fault: KeyFault }[] = [];
  let keys = 0;
  for await (const { subjectId, wrapped, wrappingKeyId } of livingKeys(database, '')) {
    if (erased.has(subjectId)) faults.push({ subjectId, fault: 'alive_though_erased' });
    const fault = await provider.unwrap(wrapped, wrappingKeyId).then((plain) => void plain.fill(0), faultOf);
    if (fault) faults.push({ subjectId, fault });
    keys += 1;
    onProgress?.(keys);
  }
  for (const subjectId of await missingKeys(database, sealed)) faults.push({ subjectId, fault: 'missing' });
  return { keys, faults };
}

async function missingKeys(database: KeyDatabase, subjectIds: readonly string[]): Promise<readonly string[]> {
  const result = await database.query(
    `SELECT subject_id FROM unnest($1::uuid[]) AS sealed (subject_id)
     WHERE NOT EXISTS (SELECT FROM data_keys k WHERE k.subject_id = sealed.subject_id) ORDER BY 1`,
    [subjectIds],
  );
  return rowsOf(result).map(subjectOf);
}

function faultOf(error: unknown): KeyProviderErrorCode {
  if (!(error instanceof KeyProviderError) || error.code === 'unavailable' || error.code === 'denied') throw error;
  return error.code;
}
