import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { type EventStore, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import { createTestDatabase, createTestRole, eventually, type TestDatabase, type TestRole } from '@waymark/testing';
import type { Projection } from './projection.js';
import { projectionsMigration } from './projections-migration.js';
import { type RunningProjection, runProjection } from './run-projection.js';

describe('a projection', () => {
  let database: TestDatabase;
  let role: TestRole;
  let store: EventStore;
  let dataSource: DataSource;
  let name: string;
  let broken: ReadonlySet<string>;
  let running: RunningProjection[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('projections');
    await migrateEventStore({ adminUrl: database.url });
    role = await createTestRole(database);
    await grantCategories({ adminUrl: database.url, role: role.name, append: ['note'], read: ['note'] });
    store = openPostgresEventStore({ url: role.url });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, poolSize: 6 }).initialize();
    await dataSource.query(projectionsMigration);
    await dataSource.query('CREATE TABLE seen (projection text, word text, position bigint)');
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await store?.close();
    await role?.drop();
    await database?.drop();
  });
  beforeEach(() => {
    name = `seen-${randomUUID()}`;
    broken = new Set();
  });
  afterEach(async () => {
    await Promise.all(running.map((each) => each.stop()));
    running = [];
  });

  /** Writes each word it is told; a broken one only after it has written it, so that half a page would show. */
  const projection = (): Projection => ({
    name,
    version: 1,
    categories: ['note'],
    apply: async ({ data, position }, manager) => {
      const word = String(Object(data).word);
      await manager.query('INSERT INTO seen VALUES ($1, $2, $3)', [name, word, String(position)]);
      if (broken.has(word)) throw new Error(`cannot read "${word}"`);
    },
  });
  const run = (options: Partial<Parameters<typeof runProjection>[0]> = {}): RunningProjection => {
    const started = runProjection({
      projection: projection(),
      store,
      dataSource,
      open: async (event) => ({ ...event, erased: [] }),
      log: { error: (_details, message) => errors.push(message) },
      ...options,
    });
    running.push(started);
    return started;
  };
  const write = async (...words: string[]): Promise<bigint> => {
    const events = words.map((word) => ({
      id: randomUUID(),
      type: 'Noted',
      schemaVersion: 1,
      data: { word },
      metadata: {
        actor: { kind: 'staff', id: 'amina' },
        correlationId: randomUUID(),
        causationId: randomUUID(),
        occurredAt: '2026-03-02T08:00:00.000Z',
      },
    }));
    return (await store.append(`note-${randomUUID()}`, 'none', events)).position;
  };
  const seen = async (words: readonly string[]): Promise<readonly string[]> => {
    const rows = await dataSource.query<{ word: string }[]>(
      'SELECT word FROM seen WHERE projection = $1 AND word = ANY($2) ORDER BY position',
      [name, words],
    );
    return rows.map(({ word }) => word);
  };
  const checkpoint = async () => {
    const [row] = await dataSource.query<
      { position: string; stopped_at: string | null; stopped_because: string | null }[]
    >('SELECT position, stopped_at, stopped_because FROM projection_checkpoints WHERE name = $1', [name]);
    return row;
  };
  const words = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

  it('shows what is in the log, each event once and in order, and what comes', async () => {
    const before = words(5);
    await write(...before);
    const view = run({ batchSize: 2 });
    const after = words(5);
    const position = await write(...after);
    expect(await view.waitFor(position, 10_000)).toBe(true);
    expect(await seen([...before, ...after])).toEqual([...before, ...after]);
    expect(view.status()).toEqual({ name, position });
    expect(await checkpoint()).toMatchObject({ position: String(position), stopped_at: null });
  });

  it('goes on where it stopped', async () => {
    const told = words(6);
    const first = run();
    expect(await first.waitFor(await write(...told.slice(0, 3)), 10_000)).toBe(true);
    await first.stop();
    const position = await write(...told.slice(3));
    expect(await run().waitFor(position, 10_000)).toBe(true);
    expect(await seen(told)).toEqual(told);
  });

  it('waits for a position no longer than it is told', async () => {
    const view = run();
    const position = await write(...words(1));
    expect(await view.waitFor(position, 10_000)).toBe(true);
    expect(await view.waitFor(position + 1n, 50)).toBe(false);
    expect(await view.waitFor(position, 0)).toBe(true);
  });

  it('stops at an event that cannot be applied, says where and why, and skips nothing', async () => {
    const told = words(5);
    broken = new Set([String(told[2])]);
    const view = run();
    const position = await write(...told);
    await eventually(async () => expect(await checkpoint()).toMatchObject({ stopped_because: 'cannot read "…"' }));
    expect(await seen(told)).toEqual(told.slice(0, 2));
    const stopped = await checkpoint();
    expect(BigInt(stopped?.stopped_at ?? 0)).toBe(BigInt(stopped?.position ?? 0) + 1n);
    expect(view.status()).toMatchObject({ stoppedBecause: 'cannot read "…"' });
    expect(await view.waitFor(position, 100)).toBe(false);
    expect(errors).toContain('projection stopped, trying again');
    await write(...words(1));
    expect(await seen(told)).toEqual(told.slice(0, 2));
  });

  it('stays stopped between two tries, and goes on by itself once it is mended', async () => {
    const told = words(4);
    broken = new Set([String(told[0])]);
    const view = run();
    const position = await write(...told);
    await eventually(() => expect(view.status().stoppedBecause).toBeDefined());
    const tries = errors.length;
    await eventually(() => {
      expect(view.status().stoppedBecause).toBeDefined();
      return errors.length >= tries + 2;
    });
    broken = new Set();
    expect(await view.waitFor(position, 10_000)).toBe(true);
    expect(view.status()).toEqual({ name, position });
    expect(await seen(told)).toEqual(told);
    expect(await checkpoint()).toEqual({ position: String(position), stopped_at: null, stopped_because: null });
  });

  it('stops as well at an event that cannot be opened', async () => {
    const told = words(3);
    const view = run({
      open: async (event) => {
        if (Object(event.data).word === told[1]) throw new Error('altered');
        return { ...event, erased: [] };
      },
    });
    await write(...told);
    await eventually(async () => expect(await checkpoint()).toMatchObject({ stopped_because: 'altered' }));
    expect(await seen(told)).toEqual(told.slice(0, 1));
    expect(view.status()).toMatchObject({ stoppedBecause: 'altered' });
  });

  it('applies nothing twice when two instances run it', async () => {
    const views = [run({ batchSize: 3 }), run({ batchSize: 7 })];
    const told: string[] = [];
    let position = 0n;
    for (let time = 0; time < 20; time += 1) {
      const some = words(5);
      told.push(...some);
      position = await write(...some);
    }
    for (const view of views) expect(await view.waitFor(position, 20_000)).toBe(true);
    expect(await seen(told)).toEqual(told);
  });

  it('ends when it is told to, in the middle of a crowd', async () => {
    await write(...words(200));
    const view = run({ batchSize: 1 });
    await view.waitFor(1n, 10_000);
    await view.stop();
    const { position } = view.status();
    expect(await checkpoint()).toMatchObject({ position: String(position) });
  });
});
