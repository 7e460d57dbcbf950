import type { EventStore } from '@waymark/event-store';
import { type KeyDatabase, rowsOf, subjectsSealedIn } from '@waymark/privacy';
import { ConfigError } from '../config-error.js';

/** For whom something is sealed in these categories of the log, page by page; a person may come again. */
export async function* sealedSubjects(
  store: EventStore,
  categories: readonly string[],
): AsyncGenerator<readonly string[]> {
  for (let after = 0n; ;) {
    const { events, position } = await store.readAll({ after, categories, limit: 1_000 });
    yield events.flatMap(({ data }) => subjectsSealedIn(data));
    if (position === after) return;
    after = position;
  }
}

/**
 * Rejects with a `ConfigError` when the key store is empty although something is sealed in the log: to go on would be to make new keys,
 * which would be lost, or would stand in for the old ones, when those are brought back. Looks as far as the first that is sealed.
 */
export async function demandKeys(
  service: string,
  from: { readonly store: EventStore; readonly categories: readonly string[]; readonly database: KeyDatabase },
): Promise<void> {
  const keys = rowsOf(await from.database.query('SELECT subject_id FROM data_keys LIMIT 1', []));
  if (keys.length > 0) return;
  for await (const subjects of sealedSubjects(from.store, from.categories))
    if (subjects.length > 0)
      throw new ConfigError(
        `${service} cannot start: KEYS_DATABASE_URL: the key store is empty, and the log holds what was sealed under its keys: ` +
          'bring them back; KEYS_LOST=true if they are lost for good',
      );
}
