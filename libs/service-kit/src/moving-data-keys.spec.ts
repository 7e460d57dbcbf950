import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dataKeysMigration, type KeyDatabase } from '@waymark/privacy';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { ConfigError } from './config-error.js';
import { demandMovedKeys, moveDataKeys } from './move-data-keys.js';
import { connectKeyDatabase } from './open-key-database.js';

/** Several pages. */
const keys = 2_500;

const filling = `INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id, created_at, destroyed_at)
  SELECT gen_random_uuid(), CASE WHEN n % 50 = 0 THEN ''::bytea ELSE sha256(n::text::bytea) END,
    CASE WHEN n % 50 = 0 THEN '' ELSE 'version-1' END, now() - n * interval '1 minute',
    CASE WHEN n % 50 = 0 THEN now() END
  FROM generate_series(1, ${keys}) AS n`;

describe('data keys that an earlier release left in the service’s own database', () => {
  let ownDatabase: TestDatabase;
  let storeDatabase: TestDatabase;
  let own: DataSource;
  let store: pg.Pool;

  beforeAll(async () => {
    [ownDatabase, storeDatabase] = [await createTestDatabase('moving'), await createTestDatabase('moving_keys')];
    own = await new DataSource({ type: 'postgres', url: ownDatabase.url, poolSize: 10 }).initialize();
    store = connectKeyDatabase(storeDatabase.url, 'moving');
  });
  afterAll(async () => {
    await own.destroy();
    await store.end();
    await Promise.all([ownDatabase.drop(), storeDatabase.drop()]);
  });
  beforeEach(async () => {
    await Promise.all([own.query(dataKeysMigration), store.query(dataKeysMigration)]);
    await own.query(filling);
  });
  afterEach(async () => {
    const gone = 'DROP TABLE IF EXISTS data_keys';
    await Promise.all([own.query(gone), store.query(gone)]);
  });

  const exactly = `SELECT subject_id, encode(wrapped, 'hex') AS wrapped, wrapping_key_id, created_at::text, destroyed_at::text
    FROM data_keys ORDER BY subject_id`;
  const inOwn = (): Promise<unknown[]> => own.query(exactly);
  const inStore = async (): Promise<unknown[]> => (await store.query(exactly)).rows;
  const move = (to: KeyDatabase = store) => moveDataKeys('intake', own, to);
  const isMoved = () => expect(demandMovedKeys('intake', own)).resolves.toBeUndefined();
  const someKey = async (condition: string): Promise<string> => {
    const rows = await own.query<{ subject_id: string }[]>(
      `SELECT subject_id FROM data_keys WHERE ${condition} ORDER BY random() LIMIT 1`,
    );
    return rows[0]?.subject_id ?? '';
  };
  const living = (n: number) => `destroyed_at IS NULL AND subject_id::text LIKE '${n}%'`;

  it('are moved to their store as they are, destroyed ones too, and the table is gone', async () => {
    const before = await inOwn();
    expect(before).toHaveLength(keys);
    await expect(demandMovedKeys('intake', own)).rejects.toThrow(ConfigError);
    expect(await move()).toBe(keys);
    expect(await inStore()).toEqual(before);
    await isMoved();
    expect(await move()).toBe(0);
    expect(await inStore()).toEqual(before);
  });

  it('are moved once, however many instances start at once', async () => {
    const before = await inOwn();
    const moved = await Promise.all(Array.from({ length: 8 }, () => move()));
    expect(moved.toSorted((one, other) => one - other)).toEqual([0, 0, 0, 0, 0, 0, 0, keys]);
    expect(await inStore()).toEqual(before);
  });

  it('are whole afterwards when a move dies in the middle, and nobody works with half of them meanwhile', async () => {
    const before = await inOwn();
    let left = 4;
    const dying: KeyDatabase = {
      query: async (sql, parameters) => {
        if (left-- === 0) throw new Error('killed');
        return store.query(sql, parameters);
      },
    };
    await expect(move(dying)).rejects.toThrow('killed');
    expect((await inStore()).length).toBeGreaterThan(0);
    expect((await inStore()).length).toBeLessThan(keys);
    expect(await inOwn()).toEqual(before);
    await expect(demandMovedKeys('intake', own)).rejects.toThrow('start the service');
    expect(await move()).toBe(keys);
    expect(await inStore()).toEqual(before);
    await isMoved();
  });

  it('are still there when a move dies after the last of them, before the table is gone', async () => {
    const before = await inOwn();
    await own.query(
      `CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
       CREATE EVENT TRIGGER dying ON sql_drop EXECUTE FUNCTION die()`,
    );
    await expect(move()).rejects.toThrow('killed');
    await own.query('DROP EVENT TRIGGER dying');
    await own.query('DROP FUNCTION die');
    expect(await inOwn()).toEqual(before);
    expect(await inStore()).toEqual(before);

    // The earlier release goes on until the move is done: it destroys a key, wraps one anew, and makes one.
    const [destroyed, rewrapped, made] = [await someKey(living(1)), await someKey(living(2)), randomUUID()];
    const when = '2026-03-02 08:00:00+00';
    await own.query(
      `UPDATE data_keys SET wrapped = '', wrapping_key_id = '', destroyed_at = $2 WHERE subject_id = $1`,
      [destroyed, when],
    );
    await own.query(`UPDATE data_keys SET wrapped = 'anew', wrapping_key_id = 'version-2' WHERE subject_id = $1`, [
      rewrapped,
    ]);
    await own.query(`INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) VALUES ($1, 'made', 'version-2')`, [
      made,
    ]);
    expect(await move()).toBe(keys + 1);
    const after = await store.query<{ subject_id: string; wrapped: Buffer; destroyed: boolean }>(
      'SELECT subject_id, wrapped, destroyed_at = $2 AS destroyed FROM data_keys WHERE subject_id = ANY ($1)',
      [[destroyed, rewrapped, made], when],
    );
    const byId = new Map(after.rows.map((row) => [row.subject_id, row]));
    expect(byId.get(destroyed)).toMatchObject({ wrapped: Buffer.alloc(0), destroyed: true });
    expect(byId.get(made)).toMatchObject({ wrapped: Buffer.from('made') });
    // The same key, under the version that wrapped it when it was first brought.
    expect(byId.get(rewrapped)?.wrapped).toHaveLength(32);
    await isMoved();
  });

  it('do not come back to life with a copy of the database from before the move', async () => {
    await own.query('CREATE TABLE copy AS SELECT * FROM data_keys');
    const [erased, rewrapped] = [await someKey(living(1)), await someKey(living(2))];
    await move();
    await store.query(
      `UPDATE data_keys SET wrapped = '', wrapping_key_id = '', destroyed_at = now() WHERE subject_id = $1`,
      [erased],
    );
    await store.query(`UPDATE data_keys SET wrapped = 'anew', wrapping_key_id = 'version-2' WHERE subject_id = $1`, [
      rewrapped,
    ]);
    const before = await inStore();
    await own.query(dataKeysMigration);
    await own.query('INSERT INTO data_keys SELECT * FROM copy');
    await own.query('DROP TABLE copy');
    expect(await move()).toBe(keys);
    expect(await inStore()).toEqual(before);
    await isMoved();
  });

  it('are left alone, and the service does not start, when the store has other keys of the same persons', async () => {
    const before = await inOwn();
    const subjectId = await someKey(living(1));
    await store.query(`INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) VALUES ($1, 'another', 'one')`, [
      subjectId,
    ]);
    const refused = move();
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(
      `KEYS_DATABASE_URL: two stores hold different keys of 1 persons, such as ${subjectId}`,
    );
    expect(await inOwn()).toEqual(before);
  });
});
