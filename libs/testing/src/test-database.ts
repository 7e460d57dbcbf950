import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { POSTGRES_URL } from './environment.js';

export type TestDatabase = {
  readonly name: string;
  /** A superuser's connection string for this database. */
  readonly url: string;
  /** Ends whatever connections are left and drops it. */
  drop(): Promise<void>;
};

export type TestRole = {
  readonly name: string;
  readonly password: string;
  /** The role's own connection string for the database it was made for. */
  readonly url: string;
  /** Drops it with all it owns and was granted in that database. */
  drop(): Promise<void>;
};

/** An empty database of its own in the PostgreSQL of this test run. */
export async function createTestDatabase(prefix = 'test'): Promise<TestDatabase> {
  const name = uniqueName(prefix);
  await asSuperuser(serverUrl(), (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`));
  return {
    name,
    url: withPath(serverUrl(), name),
    drop: () =>
      asSuperuser(serverUrl(), (client) =>
        client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
      ),
  };
}

/** A role that may log in and has no further rights. Roles belong to the whole server, so each gets a name of its own. */
export async function createTestRole(database: Pick<TestDatabase, 'url'>, prefix = 'role'): Promise<TestRole> {
  const name = uniqueName(prefix);
  const password = randomBytes(12).toString('hex');
  const identifier = pg.escapeIdentifier(name);
  await asSuperuser(database.url, (client) => client.query(`CREATE ROLE ${identifier} LOGIN PASSWORD '${password}'`));
  const url = new URL(database.url);
  url.username = name;
  url.password = password;
  return {
    name,
    password,
    url: url.href,
    drop: () =>
      asSuperuser(database.url, (client) => client.query(`DROP OWNED BY ${identifier}; DROP ROLE ${identifier}`)),
  };
}

/** A superuser's connection string for the PostgreSQL of this test run. */
export function serverUrl(): string {
  const url = process.env[POSTGRES_URL];
  if (!url)
    throw new Error(
      `${POSTGRES_URL} is not set: run tests with "node tools/test.mjs", which starts a PostgreSQL for them.`,
    );
  return url;
}

function uniqueName(prefix: string): string {
  return `${prefix
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]/g, '_')
    .slice(0, 40)}_${randomBytes(6).toString('hex')}`;
}

function withPath(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function asSuperuser(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
