import type { CleanedEnv } from 'envalid';
import type { DataSource } from 'typeorm';
import { openPostgresEventStore } from '@waymark/event-store';
import { createKeyRing } from '@waymark/privacy';
import type { BuildOptions, Projection } from '@waymark/projections';
import { Aggregates } from './aggregates.js';
import { systemClock } from './clock.js';
import { readEnvironment, viewSettings } from './config.js';
import { connectDatabase } from './database.js';
import { destroyErasedKeys } from './erasure/erasing.js';
import { feedOpener } from './feed.js';
import { openKeys } from './key-settings.js';
import { demandMovedKeys } from './move-data-keys.js';
import { openKeyDatabase } from './open-key-database.js';
import { readSecretFile } from './secrets.js';
import { aggregatesOf, projectionsOf, type ServiceDefinition } from './service-definition.js';

/** The read models of a service without the service: for whoever builds or switches them from outside. */
export interface OpenedViews {
  readonly projections: readonly Projection[];
  readonly dataSource: DataSource;
  /** To read with: what they write, no running instance would notice. */
  readonly aggregates: Aggregates;
  /** What building one of them needs. */
  build(projection: Projection): BuildOptions;
  close(): Promise<void>;
}

/**
 * Opens them with the service's own rights, beside running instances; migrates nothing. Rejects with a `ConfigError` that names
 * the variable of the environment which is missing or wrong.
 */
export async function openViews<Own extends object>(
  definition: ServiceDefinition<Own>,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedViews> {
  const settings = readEnvironment(definition.name, environment, viewSettings);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    return { ...(await opened(definition, settings, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened<Own extends object>(
  definition: ServiceDefinition<Own>,
  settings: CleanedEnv<typeof viewSettings>,
  closers: (() => Promise<unknown>)[],
): Promise<Omit<OpenedViews, 'close'>> {
  const projections = projectionsOf(definition, await readSecretFile(settings.SECRET_FILE));
  const provider = await openKeys(definition.name, settings);
  closers.push(() => provider.close());
  const applicationName = `waymark-${definition.name}-views`;
  const service = `${definition.name}-views`;
  const dataSource = await connectDatabase({ url: settings.DATABASE_URL, service, migrations: [], projections });
  closers.push(() => dataSource.destroy());
  await demandMovedKeys(definition.name, dataSource);
  const keyDatabase = await openKeyDatabase(definition.name, settings.KEYS_DATABASE_URL);
  closers.push(() => keyDatabase.close());
  const store = openPostgresEventStore({ url: settings.EVENT_STORE_URL, applicationName });
  closers.push(() => store.close());
  const keyRing = createKeyRing({ context: definition.name, database: keyDatabase, provider });
  if (definition.erasure) await destroyErasedKeys(definition.name, { store, keyRing });
  const aggregates = new Aggregates(store, keyRing, systemClock);
  const open = feedOpener(aggregatesOf(definition), aggregates);
  const build = (projection: Projection): BuildOptions => ({
    ...{ projection, dataSource, store },
    open: open(projection.opens),
  });
  return { projections, dataSource, aggregates, build };
}

/** The names of a service's views, which its environment alone tells. */
export async function viewsOf<Own extends object>(
  definition: ServiceDefinition<Own>,
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { SECRET_FILE } = readEnvironment(definition.name, environment, { SECRET_FILE: viewSettings.SECRET_FILE });
  return projectionsOf(definition, await readSecretFile(SECRET_FILE)).map(({ name }) => name);
}
