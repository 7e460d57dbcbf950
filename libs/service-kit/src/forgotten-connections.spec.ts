import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isTemporary } from '@waymark/messaging';
import { createTestDatabase, eventually, FaultProxy, type TestDatabase } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { connectDatabase } from './database.js';

describe('a service on whose way to its tables something forgets connections without a word', () => {
  let database: TestDatabase;
  let way: FaultProxy;
  let tables: DataSource;
  let beside: DataSource;
  const lookEveryMs = 50;
  const longerThanItTakes = 20 * lookEveryMs;
  beforeAll(async () => {
    database = await createTestDatabase('forgotten');
    const { hostname, port } = new URL(database.url);
    way = await FaultProxy.open({ host: hostname, port: Number(port) });
    const options = { migrations: [], projections: [], lookEveryMs };
    tables = await connectDatabase({ ...options, url: way.through(database.url), service: 'forgotten' });
    beside = await connectDatabase({ ...options, url: database.url, service: 'beside' });
  });
  afterEach(() => way.heal());
  afterAll(async () => {
    await tables?.destroy();
    await beside?.destroy();
    way?.close();
    await database?.drop();
  });
  const one = [{ one: 1 }];
  const asked = () => tables.query('SELECT 1 AS one');
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => 'it was answered',
      (error: unknown) => error,
    );
  const isAtWork = async () => {
    const rows = await beside.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'waymark-forgotten' AND state = 'active'`,
    );
    return rows.length === 1;
  };

  it('is told of a temporary failure where nothing comes any more, and is answered over a new connection', async () => {
    expect(await asked()).toEqual(one);
    expect(way.forget()).toBeGreaterThan(0);
    expect(isTemporary(await failureOf(asked()))).toBe(true);
    expect(await asked()).toEqual(one);
  });

  it('is told so too where the connection is forgotten while the statement is at work, or within a transaction', async () => {
    const atWork = failureOf(tables.query('SELECT pg_sleep(60)'));
    await eventually(isAtWork);
    const runner = tables.createQueryRunner();
    await runner.startTransaction();
    way.forget();
    expect(isTemporary(await atWork)).toBe(true);
    expect(isTemporary(await failureOf(runner.query('SELECT 1')))).toBe(true);
    await runner.release().catch(() => undefined);
    expect(await asked()).toEqual(one);
  });

  it('is told so on every connection that it has', async () => {
    const runners = Array.from({ length: 8 }, () => tables.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    way.forget();
    const failures = await Promise.all(runners.map((runner) => failureOf(runner.query('SELECT 1'))));
    expect(failures.map(isTemporary)).toEqual(runners.map(() => true));
    await Promise.all(runners.map((runner) => runner.release().catch(() => undefined)));
    expect(await asked()).toEqual(one);
  });

  it('waits for a statement that takes long, and for one that waits for a lock', async () => {
    const holder = tables.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(1)');
    const waiting = tables.query(`SELECT pg_advisory_lock(1), 1 AS one`);
    expect(await tables.query('SELECT pg_sleep($1), 1 AS one', [longerThanItTakes / 1000])).toMatchObject(one);
    await holder.query('SELECT pg_advisory_unlock(1)');
    await holder.release();
    expect(await waiting).toMatchObject(one);
  });

  it('keeps a connection over which nothing is asked', async () => {
    const runner = tables.createQueryRunner();
    await runner.query('CREATE TEMPORARY TABLE mine AS SELECT 1 AS one');
    await delay(longerThanItTakes);
    expect(await runner.query('SELECT one FROM mine')).toEqual(one);
    await runner.release();
  });

  it('waits while the server cannot be asked, and gets the answer when the way heals', async () => {
    expect(await asked()).toEqual(one);
    way.blackHole();
    const answer = asked();
    await delay(longerThanItTakes);
    await way.heal();
    expect(await answer).toEqual(one);
  });
});
