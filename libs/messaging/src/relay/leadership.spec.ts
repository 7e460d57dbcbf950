import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import pg from 'pg';
import { Deposed, Leadership } from './leadership.js';
import { relayMigration } from './relay-migration.js';
import { resetRelay } from './reset-relay.js';

describe('a leadership', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase('leadership');
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query(relayMigration);
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  it('knows the last sequences, and none any more once everything is published again under it', async () => {
    const leadership = await Leadership.seek(pool, 'case', () => undefined);
    if (!leadership) throw new Error('somebody else leads');
    try {
      expect(await leadership.sequences(['one', 'two'])).toEqual(new Map());
      await leadership.advance(5n, new Map([['one', 3]]), 3);
      expect(await leadership.sequences(['one', 'two'])).toEqual(new Map([['one', 3]]));
      await resetRelay(pool, 'case');
      await expect(leadership.sequences(['one', 'two'])).rejects.toThrow(Deposed);
    } finally {
      leadership.end();
    }
  });
});
