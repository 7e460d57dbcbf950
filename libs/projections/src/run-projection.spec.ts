import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { type EventStore, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import { createTestDatabase, createTestRole, eventually, type TestDatabase, type TestRole } from '@waymark/testing';
import { liveSchemaOf } from './generation.js';
import type { Projection } from './projection.js';
import { runProjection } from './run-projection.js';
import type { RunningProjection } from './running-projection.js';
import { viewGenerationsMigration } from './view-generations-migration.js';

describe('a projection', () => {
  let database: TestDatabase;
  let role: TestRole;
  let store: EventStore;
  let dataSource: DataSource;
  let name: string;
  let table: string;
  let broken: ReadonlySet<string>;
  let running: RunningProjection[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('projections');
    await migrateEventStore({ adminUrl: database.url });
    role = await createTestRole(database);
    await grantCategories({
      adminUrl: database.url,
      role: role.name,
      append: ['note', 'tally'],
      read: ['note', 'tally'],
    });
    store = openPostgresEventStore({ url: role.url });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, poolSize: 6 }).initialize();
    await dataSource.query(viewGenerationsMigration);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await store?.close();
    await role?.drop();
    await database?.drop();
  });
  beforeEach(() => {
    name = `seen-${randomUUID()}`;
    table = `"${liveSchemaOf({ view: name, version: 1 })}".seen`;
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
    tables: 'CREATE TABLE seen (word text, position bigint)',
    apply: async ({ data, position }, manager) => {
      const word = String(Object(data).word);
      await manager.query('INSERT INTO seen VALUES ($1, $2)', [word, String(position)]);
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
  const write = (...words: string[]): Promise<bigint> => writeTo('note', words);
  const writeTo = async (category: string, words: readonly string[]): Promise<bigint> => {
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
    return (await store.append(`${category}-${randomUUID()}`, 'none', events)).position;
  };
  const seen = async (words: readonly string[]): Promise<readonly string[]> => {
    const rows = await dataSource.query<{ word: string }[]>(
      `SELECT word FROM ${table} WHERE word = ANY($1) ORDER BY position`,
      [words],
    );
    return rows.map(({ word }) => word);
  };
  const checkpoint = async () => {
    const [row] = await dataSource.query<
      { position: string; stopped_at: string | null; stopped_because: string | null }[]
    >('SELECT position, stopped_at, stopped_because FROM view_generations WHERE view = $1', [name]);
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
    expect(view.status()).toEqual({ name, position, lagSeconds: 0 });
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

  it('tells that it has stopped, at which event, as often as it tries, and that it goes on', async () => {
    const [good = '', bad = ''] = words(2);
    const told: unknown[] = [];
    const view = run({
      onStop: async (error, at) => void told.push([(error as Error).name, at]),
      onGoingOn: async () => void told.push('goes on'),
    });
    expect(await view.waitFor(await write(good), 10_000)).toBe(true);
    expect(told).toEqual(['goes on']);
    broken = new Set([bad]);
    const position = await write(bad);
    const stopped = ['CannotApply', position];
    await eventually(() => expect(told).toEqual(['goes on', stopped, stopped]));
    broken = new Set();
    expect(await view.waitFor(position, 10_000)).toBe(true);
    await eventually(() => expect(told.at(-1)).toBe('goes on'));
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
    expect(view.status()).toEqual({ name, position, lagSeconds: 0 });
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

  it('says that it is catching up until it shows what was in the log when it was started', async () => {
    let letThrough: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letThrough = resolve));
    const position = await write(...words(3));
    const view = run({
      open: async (event) => {
        await gate;
        return { ...event, erased: [] };
      },
    });
    await eventually(() => view.status().position > 0n || view.status().catchingUp === true);
    expect(view.status()).toMatchObject({ catchingUp: true });
    letThrough();
    await eventually(() => expect(view.status()).toEqual({ name, position, lagSeconds: 0 }));
  });

  it('is not catching up any more for what came after its start', async () => {
    const [late] = words(1);
    broken = new Set([String(late)]);
    const view = run();
    await eventually(() => expect(view.status().catchingUp).toBeUndefined());
    await write(String(late));
    await eventually(() => expect(view.status().stoppedBecause).toBeDefined());
    expect(view.status().catchingUp).toBeUndefined();
  });

  it('moves over what is none of its own without writing that down each time', async () => {
    const [first, second] = words(2);
    const views = [run({ storeEveryMs: 600_000 }), run({ storeEveryMs: 600_000 })];
    const stored = await write(String(first));
    for (const view of views) expect(await view.waitFor(stored, 10_000)).toBe(true);
    let position = stored;
    for (const word of words(5)) position = await writeTo('tally', [word]);
    for (const view of views) expect(await view.waitFor(position, 10_000)).toBe(true);
    expect(await checkpoint()).toMatchObject({ position: String(stored) });
    const last = await write(String(second));
    for (const view of views) expect(await view.waitFor(last, 10_000)).toBe(true);
    expect(await seen([String(first), String(second)])).toEqual([first, second]);
    const behind = await writeTo('tally', words(1));
    for (const view of views) expect(await view.waitFor(behind, 10_000)).toBe(true);
    await Promise.all(views.map((view) => view.stop()));
    expect(await checkpoint()).toMatchObject({ position: String(behind) });
  });

  it('begins again when somebody has set its checkpoint back', async () => {
    const told = words(2);
    const view = run();
    expect(await view.waitFor(await write(...told), 10_000)).toBe(true);
    await dataSource.query('UPDATE view_generations SET position = 0 WHERE view = $1', [name]);
    await dataSource.query(`DELETE FROM ${table}`);
    const [more] = words(1);
    const position = await write(String(more));
    await eventually(async () => expect(await checkpoint()).toMatchObject({ position: String(position) }));
    expect(await seen([...told, String(more)])).toEqual([...told, more]);
  });

  describe('that can apply several events at once', () => {
    const sizes: number[] = [];
    const many = (): Projection => ({
      ...projection(),
      applyAll: async (events, manager) => {
        sizes.push(events.length);
        for (const event of events) await projection().apply(event, manager);
      },
    });

    it('applies a page so', async () => {
      const told = words(5);
      const position = await write(...told);
      expect(await run({ projection: many() }).waitFor(position, 10_000)).toBe(true);
      expect(await seen(told)).toEqual(told);
      expect(Math.max(...sizes)).toBeGreaterThanOrEqual(5);
    });

    it('still stops at the one that cannot be applied, and applies those before it', async () => {
      const told = words(5);
      broken = new Set([String(told[3])]);
      const view = run({ projection: many() });
      await write(...told);
      await eventually(() => expect(view.status().stoppedBecause).toBe('cannot read "…"'));
      expect(await seen(told)).toEqual(told.slice(0, 3));
    });
  });
});
