import type { EventStore } from '@waymark/event-store';
import type { KeyDatabase, KeyProvider } from '@waymark/privacy';
import { keyCareSettings, readEnvironment } from './config.js';
import { erasedSubjects } from './erasure/erasure-register.js';
import { sealedSubjects } from './erasure/keys-of-the-log.js';
import { openKeys } from './key-settings.js';
import { createLog } from './log.js';
import { demandMovedKeys } from './move-data-keys.js';
import { openEventStore } from './open-event-store.js';
import { clearKeyRemains, connectKeyDatabase } from './open-key-database.js';
import { aggregatesOf, type ServiceDefinition } from './service-definition.js';
import { environmentOfService } from './service-name.js';

/** The keys of a service without the service: for whoever rotates or checks them from outside. */
export interface OpenedKeyStore {
  readonly provider: KeyProvider;
  readonly database: KeyDatabase;
  /** Clears what the database's files keep of keys that were wrapped by another version, or destroyed: `clearKeyRemains`. */
  clearRemains(): Promise<void>;
  /** Everybody whom the log says to be erased in this service. */
  erased(): Promise<readonly string[]>;
  /** Everybody for whom this service has sealed something in the log. Reads all of its streams. */
  sealed(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Opens them beside running instances; migrates nothing. Rejects with a `ConfigError` that names the variable of the environment
 * which is missing or wrong.
 */
export async function openKeyStore<Own extends object>(
  definition: ServiceDefinition<Own>,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedKeyStore> {
  const specs = { ...environmentOfService(definition.name), ...keyCareSettings };
  const settings = readEnvironment(definition.name, environment, specs);
  const applicationName = `waymark-${definition.name}-keys`;
  const own = connectKeyDatabase(settings.DATABASE_URL, applicationName, 1);
  await demandMovedKeys(definition.name, own).finally(() => own.end());
  const provider = await openKeys(definition.name, settings);
  const database = connectKeyDatabase(settings.KEYS_DATABASE_URL, applicationName, 1);
  const withLog = async <Result>(work: (store: EventStore) => Promise<Result>): Promise<Result> => {
    const store = openEventStore(definition, settings, createLog(`${definition.name}-keys`, 'silent'));
    return work(store).finally(() => store.close());
  };
  return {
    provider,
    database,
    clearRemains: () => clearKeyRemains(settings.KEYS_DATABASE_URL, applicationName),
    erased: () =>
      withLog(async (store) => (await erasedSubjects(definition.name, store)).map(({ subjectId }) => subjectId)),
    sealed: () =>
      withLog(async (store) => {
        const subjects = new Set<string>();
        const categories = aggregatesOf(definition).map(({ category }) => category);
        for await (const page of sealedSubjects(store, categories)) page.forEach((each) => subjects.add(each));
        return [...subjects];
      }),
    close: async () => {
      await database.end();
      await provider.close();
    },
  };
}
