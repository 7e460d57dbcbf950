import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, createTestRole } from './test-database.js';

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a database for a test', () => {
  it('is empty, and separate from every other', async () => {
    const [one, other] = await Promise.all([createTestDatabase('notes'), createTestDatabase('notes')]);
    await query(one.url, 'CREATE TABLE note (text text)');
    expect(await query(other.url, `SELECT to_regclass('note') AS found`)).toEqual([{ found: null }]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('is on a server that keeps UTF-8 and UTC', async () => {
    const database = await createTestDatabase();
    expect(await query(database.url, `SHOW server_encoding`)).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(database.url, `SHOW timezone`)).toEqual([{ TimeZone: 'UTC' }]);
    await database.drop();
  });

  it('can be entered by a role of its own, which may do nothing it was not granted', async () => {
    const database = await createTestDatabase();
    await query(database.url, 'CREATE TABLE note (text text)');
    const role = await createTestRole(database, 'reader');
    expect(await query(role.url, 'SELECT current_user AS name')).toEqual([{ name: role.name }]);
    await expect(query(role.url, 'SELECT * FROM note')).rejects.toMatchObject({ code: '42501' });
    await role.drop();
    await database.drop();
  });
});
