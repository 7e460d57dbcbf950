import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isTemporary } from '@waymark/messaging';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from './database.js';

describe('the database of a service with two instances', () => {
  let database: TestDatabase;
  let instances: readonly DataSource[];
  beforeAll(async () => {
    database = await createTestDatabase('sessions');
    const options = { url: database.url, service: 'sessions', migrations: [], projections: [] };
    instances = await Promise.all([
      openDatabase({ ...options, idleInTransactionMs: 500 }),
      openDatabase({ ...options, idleInTransactionMs: 60_000 }),
    ]);
  });
  afterAll(async () => {
    await Promise.all(instances?.map((instance) => instance.destroy()));
    await database?.drop();
  });

  const lock = 'LOCK TABLE dead_letters IN ACCESS EXCLUSIVE MODE';

  it('lets one go on when the other freezes within a transaction, which is nobody’s fault', async () => {
    const [one, other] = instances;
    const frozen = one!.createQueryRunner();
    await frozen.startTransaction();
    await frozen.query(lock);
    await other!.transaction((manager) => manager.query(lock));
    const thawed = await frozen.query('SELECT 1').catch((error: unknown) => error);
    expect(isTemporary(thawed)).toBe(true);
    await frozen.release().catch(() => undefined);
    expect(await one!.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('does not start where another process migrates it for too long, and names that process', async () => {
    const holder = instances[0]!.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(7291001)');
    const starting = openDatabase({
      ...{ url: database.url, service: 'sessions', migrations: [], projections: [], migrationWaitMs: 200 },
    });
    const [{ pid }] = await holder.query('SELECT pg_backend_pid() AS pid');
    await expect(starting).rejects.toThrow(`DATABASE_URL: session ${pid} (waymark-sessions) has been migrating it`);
    await holder.query('SELECT pg_advisory_unlock(7291001)');
    await holder.release();
    const started = await openDatabase({ url: database.url, service: 'sessions', migrations: [], projections: [] });
    await started.destroy();
  });

  it('lets a statement run for longer than that', async () => {
    const [row] = await instances[0]!.transaction((manager) => manager.query('SELECT pg_sleep(1), 1 AS one'));
    expect(row).toMatchObject({ one: 1 });
  });
});
