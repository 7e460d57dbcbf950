import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { label } from './aes-gcm.js';
import {
  type DestroyedKey,
  destroyKey,
  destroyKeys,
  type ErasedSubject,
  insertOrReadKeys,
  readKey,
  type KeyDatabase,
  type NewKey,
  type StoredKey,
} from './data-keys.js';
import { Gathered } from './gathered.js';
import { KeyCache, type KeyCacheOptions } from './key-cache.js';
import { SubjectErasedError } from './key-errors.js';
import type { KeyProvider } from './key-provider.js';

const KEY_BYTES = 32;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type FoundKey = KeyObject | 'destroyed' | 'missing';

/** The data keys of one context: one per person, made at first use. Ids are UUIDs; anything else is a `TypeError`. */
export interface KeyRing {
  readonly context: string;
  /** For writing: the subject's key, made if there is none. Rejects with `SubjectErasedError` once it is destroyed. */
  forSubject(subjectId: string): Promise<KeyObject>;
  /** For reading. */
  find(subjectId: string): Promise<FoundKey>;
  /**
   * Erases the subject in this context: the wrapped key is overwritten, none is ever made again, also if there was none yet.
   * This process forgets the key at once, others within the life of their cache (30 s at most). May be repeated.
   */
  destroy(subjectId: string): Promise<DestroyedKey>;
  /** The same for many, of whom the log says that they were erased, and since when. Answers how many had come back. */
  destroyAgain(erased: readonly ErasedSubject[]): Promise<number>;
}

/** A UUID as it is written in envelopes and associated data. */
export function canonicalSubjectId(subjectId: string): string {
  if (!UUID.test(subjectId)) throw new TypeError('a subject is known by a UUID');
  return subjectId.toLowerCase();
}

/**
 * Keys live in the table of `dataKeysMigration`, wrapped by `provider`. A new key is committed before it is handed out, so nothing
 * is ever sealed under a key that is lost; callers inside a transaction need a pool with a connection to spare.
 */
export function createKeyRing(options: {
  readonly context: string;
  readonly database: KeyDatabase;
  readonly provider: KeyProvider;
  readonly cache?: KeyCacheOptions;
  /** Called after a key was overwritten: until PostgreSQL clears its files, they hold what was there before. */
  readonly onDestroyed?: () => void;
}): KeyRing {
  const { context, database, provider, onDestroyed } = options;
  const newKeys = new Gathered((asked: readonly NewKey[]) => insertOrReadKeys(database, asked));
  const cache = new KeyCache<FoundKey>(options.cache ?? {}, (found) => found !== 'missing');

  /** Deriving ties the stored key to its row: exchanged between persons or contexts it opens nothing, and seals nothing usable. */
  const tie = (dataKey: Buffer, subjectId: string): KeyObject => {
    const info = label('waymark.data-key.v1', context, subjectId);
    return createSecretKey(Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), info, KEY_BYTES)));
  };

  const keyOf = async (stored: StoredKey, subjectId: string): Promise<FoundKey> => {
    if (stored === 'destroyed' || stored === 'missing') return stored;
    const dataKey = await provider.unwrap(stored.wrapped, stored.wrappingKeyId);
    const key = tie(dataKey, subjectId);
    dataKey.fill(0);
    return key;
  };

  const lookUp = (subjectId: string): Promise<FoundKey> =>
    cache.get(subjectId, async () => keyOf(await readKey(database, subjectId), subjectId));

  const make = async (subjectId: string): Promise<FoundKey> => {
    const dataKey = randomBytes(KEY_BYTES);
    const wrapped = await provider.wrap(dataKey);
    dataKey.fill(0);
    return keyOf(await newKeys.answer({ subjectId, key: wrapped }), subjectId);
  };

  return {
    context,
    async forSubject(id) {
      const subjectId = canonicalSubjectId(id);
      let found = await cache.get(subjectId, () => make(subjectId));
      if (found === 'missing') {
        // A look-up that began before the key was made said so.
        cache.forget(subjectId);
        found = await cache.get(subjectId, () => make(subjectId));
      }
      if (found === 'destroyed') throw new SubjectErasedError(context, subjectId);
      if (found === 'missing') throw new Error(`the ${context} key of subject ${subjectId} vanished while it was made`);
      return found;
    },
    async find(id) {
      return lookUp(canonicalSubjectId(id));
    },
    async destroy(id) {
      const subjectId = canonicalSubjectId(id);
      try {
        const destroyed = await destroyKey(database, subjectId);
        onDestroyed?.();
        return destroyed;
      } finally {
        cache.forget(subjectId);
      }
    },
    async destroyAgain(all) {
      const erased = all.map((each) => ({ ...each, subjectId: canonicalSubjectId(each.subjectId) }));
      const again = await destroyKeys(database, erased);
      for (const { subjectId } of erased) cache.forget(subjectId);
      return again;
    },
  };
}
