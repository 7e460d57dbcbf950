import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import pg from 'pg';
import { connected } from './databases.js';
import { provision, type ProvisionedEnvironment } from './provision.js';

const row = `INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) VALUES (gen_random_uuid(), 'wrapped', 'one')`;

describe('the store of the data keys of a service', () => {
  const prefix = `k${randomBytes(4).toString('hex')}`;
  let server: TestDatabase;
  let dir: string;
  let environments: ReadonlyMap<string, ProvisionedEnvironment>;
  const options = () => ({ adminUrl: server.url, secretsDir: dir, prefix, bus: 'kafka' }) as const;
  const url = (service: string, variable: string): string => String(environments.get(service)?.[variable]);
  const ask = (address: string, sql: string) => connected(address, (client) => client.query(sql));
  const refusal = (address: string, sql: string): Promise<string> =>
    ask(address, sql).then(
      () => 'none',
      (error: unknown) => (error instanceof pg.DatabaseError ? `${error.code} ${error.message}` : String(error)),
    );
  /** An address with somebody else's name and password in it. */
  const as = (login: string, place: string): string => {
    const [from, to] = [new URL(login), new URL(place)];
    to.username = from.username;
    to.password = from.password;
    return to.toString();
  };

  beforeAll(async () => {
    server = await createTestDatabase('key_store');
    dir = await mkdtemp(join(tmpdir(), 'waymark-key-store-'));
    environments = await provision(options());
  });
  afterAll(async () => {
    await connected(server.url, async (client) => {
      const { rows: databases } = await client.query(
        `SELECT datname FROM pg_database WHERE datname LIKE '${prefix}\\_%'`,
      );
      for (const { datname } of databases) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
      const { rows: roles } = await client.query(`SELECT rolname FROM pg_roles WHERE rolname LIKE '${prefix}\\_%'`);
      for (const { rolname } of roles) await client.query(`DROP ROLE "${rolname}"`);
    });
    await server.drop();
    await rm(dir, { recursive: true });
  });

  it('is a database of its own, in which the service may read, add and change keys', async () => {
    const store = url('intake', 'KEYS_DATABASE_URL');
    expect(new URL(store).pathname).toBe(`/${prefix}_intake_keys`);
    expect(new URL(url('intake', 'DATABASE_URL')).pathname).toBe(`/${prefix}_intake`);
    await ask(store, row);
    await ask(store, `UPDATE data_keys SET wrapped = '', wrapping_key_id = '', destroyed_at = now()`);
    expect((await ask(store, 'SELECT * FROM data_keys')).rows).toHaveLength(1);
  });

  it('lets it delete none, and change nothing else there', async () => {
    const store = url('intake', 'KEYS_DATABASE_URL');
    for (const sql of [
      'DELETE FROM data_keys',
      'TRUNCATE data_keys',
      'DROP TABLE data_keys',
      'ALTER TABLE data_keys ADD COLUMN plain bytea',
      'CREATE TABLE copies AS SELECT * FROM data_keys',
      `GRANT SELECT ON data_keys TO "${prefix}_intake"`,
    ])
      expect(`${sql}: ${await refusal(store, sql)}`).toMatch(/: (42501 |.*must be owner)|GRANT.*none/);
    expect(await refusal(url('intake', 'DATABASE_URL'), 'SELECT 1')).toBe('none');
  });

  it('is closed to whoever has the service’s own database, and to other services', async () => {
    const store = url('intake', 'KEYS_DATABASE_URL');
    for (const login of [
      url('intake', 'DATABASE_URL'),
      url('case', 'DATABASE_URL'),
      url('case', 'KEYS_DATABASE_URL'),
      url('audit', 'EVENT_STORE_URL'),
    ])
      expect(await refusal(as(login, store), 'SELECT * FROM data_keys')).toMatch(
        /^42501 permission denied for database/,
      );
    for (const place of [url('intake', 'DATABASE_URL'), url('intake', 'EVENT_STORE_URL')])
      expect(await refusal(as(store, place), 'SELECT 1')).toMatch(/^42501 permission denied for database/);
  });

  it('stays as it is, with the keys in it, when the same is prepared again', async () => {
    const before = await ask(url('intake', 'KEYS_DATABASE_URL'), 'SELECT * FROM data_keys');
    const again = await provision(options());
    expect(again.get('intake')).toEqual(environments.get('intake'));
    expect((await ask(url('intake', 'KEYS_DATABASE_URL'), 'SELECT * FROM data_keys')).rows).toEqual(before.rows);
  });

  it('lies on another server where one is named', async () => {
    const elsewhere = new URL(server.url);
    // The same machine by another name is another server to whoever reads addresses.
    elsewhere.hostname = elsewhere.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    const apart = await provision({ ...options(), keysAdminUrl: elsewhere.toString() });
    const { DATABASE_URL = '', KEYS_DATABASE_URL = '' } = apart.get('case') ?? {};
    expect(new URL(KEYS_DATABASE_URL).hostname).toBe(elsewhere.hostname);
    expect(new URL(DATABASE_URL).hostname).not.toBe(elsewhere.hostname);
    expect((await ask(KEYS_DATABASE_URL, 'SELECT * FROM data_keys')).rows).toEqual([]);
  });
});
