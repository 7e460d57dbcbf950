import { join, resolve } from 'node:path';
import { bool, str, url } from 'envalid';
import pg from 'pg';
import { units } from '@waymark/contracts';
import { ConfigError, keyVariables, readEnvironment, vaultOptions, vaultVariables } from '@waymark/service-kit';
import { writeEnvironments } from './env-files.js';
import { provision } from './provision.js';
import { vaultPolicies } from './vault-policies.js';

const variables = {
  KEYS: keyVariables.KEYS,
  ...vaultVariables,
  ADMIN_DATABASE_URL: url({ desc: 'superuser address of the PostgreSQL server, any database' }),
  KEYS_ADMIN_DATABASE_URL: url({ default: undefined, desc: 'the same of the server of the data keys, if another' }),
  SECRETS_DIR: str({ desc: 'where keys, secrets and environment files are written, a folder per service' }),
  SERVICE_SECRETS_DIR: str({ default: undefined, desc: 'name of its own folder where a service runs, if another' }),
  BUS: str({ choices: ['kafka', 'postgres'] as const, default: 'kafka', desc: 'kind of bus' }),
  KAFKA_LOGINS: bool({ default: false, desc: 'give each service a Kafka user and password of its own' }),
  ALTERNATE_DESK: str({ choices: units, default: undefined, desc: 'unit that concerns about the desk itself go to' }),
  DATABASE_PREFIX: str({ default: 'waymark', desc: 'put before every database and role' }),
};

/** Prepares the infrastructure for services that run as processes of their own, and ends. Safe to repeat. */
async function main(): Promise<void> {
  const settings = readEnvironment('provision', process.env, variables);
  const { ADMIN_DATABASE_URL: adminUrl, KEYS_ADMIN_DATABASE_URL: keysAdminUrl, SERVICE_SECRETS_DIR: seenAs } = settings;
  const dir = resolve(settings.SECRETS_DIR);
  await demandReachable('ADMIN_DATABASE_URL', adminUrl);
  if (keysAdminUrl !== undefined) await demandReachable('KEYS_ADMIN_DATABASE_URL', keysAdminUrl);
  const environments = await provision({
    adminUrl,
    keysAdminUrl,
    secretsDir: (service) => join(dir, service),
    prefix: settings.DATABASE_PREFIX,
    bus: settings.BUS,
    ...(settings.KEYS === 'vault' ? { vault: vaultOptions('provision', settings) } : {}),
    alternateDesk: settings.ALTERNATE_DESK,
    kafkaLogins: settings.KAFKA_LOGINS && settings.BUS === 'kafka',
  });
  const files = await writeEnvironments(environments, { dir, ...(seenAs === undefined ? {} : { seenAs }) });
  process.stdout.write(`Databases, roles and secrets are ready.\n${files.join('\n')}\n`);
  if (settings.KEYS === 'vault') process.stdout.write(`\n${vaultPolicies(settings.VAULT_TRANSIT_MOUNT)}`);
}

async function demandReachable(variable: string, adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    // A host with several addresses fails once for each, in an error without a message.
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    const reasons = errors.map((each) => (each instanceof Error ? each.message : String(each)));
    throw new ConfigError(`provision cannot start: ${variable}: ${reasons.join('; ')}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${String(text)}\n`);
  process.exitCode = 1;
}
