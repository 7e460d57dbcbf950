import { join } from 'node:path';
import type { Unit } from '@waymark/contracts';
import { grantCategories, migrateEventStore } from '@waymark/event-store';
import { grantBus, migrateBus } from '@waymark/messaging';
import { createKeyFile, createVaultKey, KeyFileError, type VaultOptions } from '@waymark/privacy';
import { createSecretFile, readSecretFile, shutOutSecretLabel, transitKeyOf } from '@waymark/service-kit';
import { addressOf, allowConnect, makeDatabase } from './databases.js';
import { kafkaUserOf } from './kafka-rights.js';
import { provisionKeyStore } from './key-store.js';
import { services, type ServiceGrants } from './services.js';

export interface ProvisionOptions {
  /** Superuser address of the PostgreSQL server, any database. */
  readonly adminUrl: string;
  /** The same of the server that keeps the data keys, when that is another: its backups then have rules of their own. */
  readonly keysAdminUrl?: string | undefined;
  /** Folder of key and secret files, readable by nobody else; or one for each service. */
  readonly secretsDir: string | ((service: string) => string);
  /** Put before every database and role name, so that several platforms can share a server. */
  readonly prefix?: string;
  /** Services that get databases of their own, for whoever starts only some of them; all unless given. */
  readonly databasesOf?: readonly string[];
  /** Leaves the PostgreSQL bus out when Kafka carries the messages. */
  readonly bus: 'postgres' | 'kafka';
  /** Keeps the wrapping keys in Vault, where this makes one for each service; else each service has a key file. */
  readonly vault?: Omit<VaultOptions, 'key'>;
  /** Each service logs in at Kafka as a user of its own, which whoever runs the brokers makes. */
  readonly kafkaLogins?: boolean;
  /** The unit that concerns about the desk itself go to. */
  readonly alternateDesk?: Unit | undefined;
}

/** The part of a service's environment that provisioning decides. */
export type ProvisionedEnvironment = Readonly<Record<string, string>>;

/**
 * Makes what the services need: a database and a role for each, a store of its data keys with a role of its own, the event store with
 * each role's categories, the bus with each role's topics, a wrapping key and a secret per service. May be called at every start;
 * changes nothing that is right already. Answers each service's environment.
 */
export async function provision(options: ProvisionOptions): Promise<ReadonlyMap<string, ProvisionedEnvironment>> {
  const prefix = options.prefix ?? 'waymark';
  const events = await makeDatabase(options.adminUrl, `${prefix}_events`);
  await migrateEventStore({ adminUrl: events });
  const bus = options.bus === 'postgres' ? await makeDatabase(options.adminUrl, `${prefix}_bus`) : undefined;
  if (bus) await migrateBus({ adminUrl: bus });
  const environments = new Map<string, ProvisionedEnvironment>();
  for (const service of services)
    environments.set(service.name, await provisionService(options, service, prefix, events, bus));
  return environments;
}

async function provisionService(
  {
    adminUrl,
    keysAdminUrl = adminUrl,
    secretsDir,
    vault,
    databasesOf,
    kafkaLogins = false,
    alternateDesk,
  }: ProvisionOptions,
  service: ServiceGrants,
  prefix: string,
  events: string,
  bus: string | undefined,
): Promise<ProvisionedEnvironment> {
  const folder = folderOf(secretsDir, service.name);
  const secretFile = join(folder, `${service.name}.secret`);
  await createSecretFile(secretFile);
  const keys = vault ? await keyInVault(vault, service.name) : await keyInFile(join(folder, `${service.name}.key`));
  const secrets = await readSecretFile(secretFile);
  const password = secrets.of('database-password').toString('hex');
  const role = `${prefix}_${service.name}`;
  await grantCategories({
    adminUrl: events,
    role,
    password,
    append: [...service.categories],
    read: service.readsAll ? 'all' : [...service.categories],
  });
  await allowConnect(events, role);
  const withDatabases = !databasesOf || databasesOf.includes(service.name);
  if (withDatabases) await makeDatabase(adminUrl, role, role);
  const topics = (names: readonly string[]) => names.map((name) => `waymark.${name}`);
  if (bus)
    await grantBus({
      adminUrl: bus,
      role,
      publish: topics(service.publishes ?? [service.name]),
      consume: topics(service.consumes),
    });
  return {
    WAYMARK_SERVICE: service.name,
    DATABASE_URL: addressOf(adminUrl, role, role, password),
    ...(withDatabases
      ? {
          KEYS_DATABASE_URL: await provisionKeyStore({
            adminUrl: keysAdminUrl,
            name: `${role}_keys`,
            password: secrets.of('keys-database-password').toString('hex'),
          }),
        }
      : {}),
    EVENT_STORE: 'postgres',
    EVENT_STORE_URL: addressOf(adminUrl, `${prefix}_events`, role, password),
    ...(bus ? { BUS: 'postgres', BUS_URL: addressOf(adminUrl, `${prefix}_bus`, role, password) } : { BUS: 'kafka' }),
    ...keys,
    ...(kafkaLogins
      ? {
          KAFKA_USERNAME: kafkaUserOf(service.name, prefix),
          KAFKA_PASSWORD: secrets.of('kafka-password').toString('hex'),
        }
      : {}),
    SECRET_FILE: secretFile,
    ...(service.hasDesks && alternateDesk ? { ALTERNATE_DESK: alternateDesk } : {}),
    ...(service.recognisesShutOut ? await shutOutSecret(secretsDir, folder) : {}),
    SERVICE_CLIENT_SECRET: secrets.of('client-secret').toString('hex'),
  };
}

const folderOf = (secretsDir: ProvisionOptions['secretsDir'], service: string): string =>
  typeof secretsDir === 'string' ? secretsDir : secretsDir(service);

/** Follows from the secret of intake, which makes the marks and comes first. */
async function shutOutSecret(
  secretsDir: ProvisionOptions['secretsDir'],
  folder: string,
): Promise<ProvisionedEnvironment> {
  const intake = await readSecretFile(join(folderOf(secretsDir, 'intake'), 'intake.secret'));
  const file = join(folder, 'shut-out.secret');
  await createSecretFile(file, intake.of(shutOutSecretLabel));
  return { SHUT_OUT_SECRET_FILE: file };
}

async function keyInFile(path: string): Promise<ProvisionedEnvironment> {
  await createKeyFile({ path }).catch((error: unknown) => {
    if (!(error instanceof KeyFileError && error.code === 'exists')) throw error;
  });
  return { KEY_FILE: path };
}

/** How the service comes to a token is Vault's business. */
async function keyInVault(vault: Omit<VaultOptions, 'key'>, service: string): Promise<ProvisionedEnvironment> {
  await createVaultKey({ ...vault, key: transitKeyOf(service) });
  return { KEYS: 'vault', VAULT_ADDR: vault.address };
}
