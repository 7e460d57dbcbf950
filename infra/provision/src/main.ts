import { join } from 'node:path';
import { str, url } from 'envalid';
import { ConfigError, readEnvironment } from '@waymark/service-kit';
import { writeEnvironments } from './env-files.js';
import { provision } from './provision.js';

const variables = {
  ADMIN_DATABASE_URL: url({ desc: 'superuser address of the PostgreSQL server, any database' }),
  SECRETS_DIR: str({ desc: 'where keys, secrets and environment files are written, a folder per service' }),
  SERVICE_SECRETS_DIR: str({ default: undefined, desc: 'name of its own folder where a service runs, if another' }),
  BUS: str({ choices: ['kafka', 'postgres'] as const, default: 'kafka', desc: 'kind of bus' }),
  DATABASE_PREFIX: str({ default: 'waymark', desc: 'put before every database and role' }),
};

/** Prepares the infrastructure for services that run as processes of their own, and ends. Safe to repeat. */
async function main(): Promise<void> {
  const settings = readEnvironment('provision', process.env, variables);
  const environments = await provision({
    adminUrl: settings.ADMIN_DATABASE_URL,
    secretsDir: (service) => join(settings.SECRETS_DIR, service),
    prefix: settings.DATABASE_PREFIX,
    bus: settings.BUS,
  });
  const files = await writeEnvironments(environments, {
    dir: settings.SECRETS_DIR,
    ...(settings.SERVICE_SECRETS_DIR === undefined ? {} : { seenAs: settings.SERVICE_SECRETS_DIR }),
  });
  process.stdout.write(`databases, roles and secrets are ready\n${files.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  const known = error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : `provision cannot finish: ${reasonOf(error)}`}\n`);
  process.exitCode = 1;
}

/** Connections that fail on every address of a host are told of in an error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return `ADMIN_DATABASE_URL: ${error.errors.map(String).join('; ')}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
