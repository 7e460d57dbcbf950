import type pg from 'pg';
import { dataKeysMigration } from '@waymark/privacy';
import { addressOf, allowConnect, connected, makeDatabase } from './databases.js';

/**
 * Makes the store of a service's data keys: a database that holds nothing else, and a role of the same name, which may read, add and
 * change keys there, vacuum the table, and do nothing anywhere else. It owns nothing: it can neither delete a key nor change the
 * table. Whoever has the service's own database only cannot connect. Answers the role's address. May be repeated.
 */
export async function provisionKeyStore(options: {
  readonly adminUrl: string;
  readonly name: string;
  readonly password: string;
}): Promise<string> {
  const { adminUrl, name, password } = options;
  const store = await makeDatabase(adminUrl, name);
  await connected(store, (client) => makeTable(client, name, password));
  await allowConnect(store, name);
  return addressOf(adminUrl, name, name, password);
}

async function makeTable(client: pg.Client, role: string, password: string): Promise<void> {
  const grantee = client.escapeIdentifier(role);
  await client.query('BEGIN');
  await client.query(`SELECT pg_advisory_xact_lock(hashtext('waymark key store'))`);
  const { rowCount: known } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  await client.query(`${known ? 'ALTER' : 'CREATE'} ROLE ${grantee} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  const { rowCount: made } = await client.query(`SELECT WHERE to_regclass('data_keys') IS NOT NULL`);
  if (!made) await client.query(dataKeysMigration);
  const rights = ['SELECT', 'INSERT', 'UPDATE', ...((await canGrantMaintain(client)) ? ['MAINTAIN'] : [])];
  await client.query(`GRANT ${rights.join(', ')} ON data_keys TO ${grantee}`);
  await client.query('COMMIT');
}

/** The right to vacuum what somebody else owns is there from PostgreSQL 17 on. */
async function canGrantMaintain(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  return (rows[0]?.version ?? 0) >= 170_000;
}
