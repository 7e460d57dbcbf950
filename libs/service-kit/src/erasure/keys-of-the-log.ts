import { askForHistory, type EventStore } from '@waymark/event-store';
import { type KeyDatabase, type KeyRing, noteLostKeys, rowsOf, subjectsSealedIn } from '@waymark/privacy';
import { ConfigError } from '../config-error.js';
import type { Log } from '../log.js';
import { destroyErasedKeys } from './erasing.js';

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
async function demandKeys(
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

interface Held {
  readonly store: EventStore;
  readonly categories: readonly string[];
  readonly database: KeyDatabase;
  readonly keyRing: KeyRing;
  readonly log: Log;
}

/**
 * Before anything is opened: keys that the log demands are there, or an operator has said that what is missing of them is lost for good;
 * those of erased persons are not.
 */
export async function holdKeysAgainstLog(service: string, held: Held, areLost: boolean): Promise<void> {
  if (!areLost) await demandKeys(service, held);
  await destroyErasedKeys(service, held);
  if (areLost) await giveUpMissingKeys(held);
}

/**
 * For a clock: holds the keys against the log again when the server of the key store goes by another history. A standby that has taken over
 * may lack the last commits, and with them that keys were destroyed. To be asked for before the keys are held for the first time.
 */
export async function followKeyHistory(service: string, held: Held): Promise<() => Promise<void>> {
  let heldUnder = await historyOf(held.database);
  return async () => {
    const now = await historyOf(held.database);
    if (now === heldUnder) return;
    held.log.error({ before: heldUnder, now }, 'the key store was restored, or a standby has taken over');
    await destroyErasedKeys(service, held);
    heldUnder = now;
  };
}

async function historyOf(database: KeyDatabase): Promise<unknown> {
  return Reflect.get(Object(rowsOf(await database.query(askForHistory, []))[0]), 'history');
}

/** From now on what was sealed under them reads as erased. */
async function giveUpMissingKeys({ store, categories, database, log }: Held): Promise<void> {
  let keys = 0;
  for await (const subjects of sealedSubjects(store, categories))
    keys += await noteLostKeys(database, [...new Set(subjects)]);
  if (keys > 0) log.error({ keys }, 'keys are lost for good: what was sealed under them reads as erased');
}
