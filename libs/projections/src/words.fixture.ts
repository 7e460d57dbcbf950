import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type EventStore, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import { createTestDatabase, createTestRole } from '@waymark/testing';
import type { BuildOptions } from './build-options.js';
import { schemaOf, searchPathOf, findGeneration, type GenerationState } from './generation.js';
import type { Projection } from './projection.js';
import type { ProjectionOptions } from './projection-options.js';
import { runProjection } from './run-projection.js';
import type { RunningProjection } from './running-projection.js';
import { viewGenerationsMigration } from './view-generations-migration.js';

/** A view that counts how often each word was said, and where last. */
export const wordsView = (name: string, changed: Partial<Projection> = {}): Projection => {
  const applyAll: Projection['applyAll'] = async (events, manager) => {
    await manager.query(
      `INSERT INTO words AS w
       SELECT word, count(*), max(position) FROM unnest($1::text[], $2::bigint[]) AS said (word, position) GROUP BY word
       ON CONFLICT (word) DO UPDATE SET times = w.times + excluded.times, last = excluded.last`,
      [events.map(({ data }) => String(Object(data).word)), events.map(({ position }) => String(position))],
    );
  };
  return {
    name,
    version: 1,
    categories: ['note'],
    tables: 'CREATE TABLE words (word text PRIMARY KEY, times integer NOT NULL, last bigint NOT NULL)',
    applyAll,
    apply: (event, manager) => applyAll([event], manager),
    ...changed,
  };
};

export interface WordsGround {
  readonly store: EventStore;
  /** A pool as a service of this release has it. */
  connect(...projections: readonly Projection[]): Promise<DataSource>;
  /** Appends notes that hold this to a stream of their own; answers the last position. */
  note(...data: readonly object[]): Promise<bigint>;
  /** Notes a word each. */
  say(...words: readonly string[]): Promise<bigint>;
  /** The same in events of a type of their own. */
  whisper(...words: readonly string[]): Promise<bigint>;
  /** Appends what no view of words follows. */
  elsewhere(): Promise<bigint>;
  build(projection: Projection, dataSource: DataSource, more?: Partial<BuildOptions>): BuildOptions;
  run(projection: Projection, dataSource: DataSource, more?: Partial<ProjectionOptions>): RunningProjection;
  rows(projection: Projection, dataSource: DataSource, state: GenerationState): Promise<readonly WordRow[]>;
  close(): Promise<void>;
}

export interface WordRow {
  readonly word: string;
  readonly times: number;
  readonly last: string;
}

const wordsIn = (words: readonly string[]): readonly object[] => words.map((word) => ({ word }));

export async function openWordsGround(): Promise<WordsGround> {
  const database = await createTestDatabase('words');
  await migrateEventStore({ adminUrl: database.url });
  const role = await createTestRole(database);
  const categories = ['note', 'other'];
  await grantCategories({ adminUrl: database.url, role: role.name, append: categories, read: categories });
  const store = openPostgresEventStore({ url: role.url });
  const pools: DataSource[] = [];
  const running: RunningProjection[] = [];
  const connect: WordsGround['connect'] = async (...projections) => {
    const extra = { options: `-c search_path=${searchPathOf(projections)}` };
    const url = database.url;
    const entities = projections.flatMap((projection) => [...(projection.entities ?? [])]);
    const pool = new DataSource({
      ...{ type: 'postgres', url, entities, poolSize: 12, extra, poolErrorHandler: () => undefined },
    });
    pools.push(await pool.initialize());
    return pool;
  };
  await (await connect()).query(viewGenerationsMigration);
  const parts = (projection: Projection, dataSource: DataSource) => ({
    ...{ projection, dataSource, store },
    open: async (event: Parameters<BuildOptions['open']>[0]) => ({ ...event, erased: [] }),
  });
  const append = async (type: string, noted: readonly object[], category = 'note'): Promise<bigint> => {
    const events = noted.map((data) => ({
      ...{ id: randomUUID(), type, schemaVersion: 1, data },
      metadata: {
        actor: { kind: 'staff', id: 'amina' },
        correlationId: randomUUID(),
        causationId: randomUUID(),
        occurredAt: '2026-03-02T08:00:00.000Z',
      },
    }));
    return (await store.append(`${category}-${randomUUID()}`, 'none', events)).position;
  };
  return {
    store,
    connect,
    note: (...data) => append('Noted', data),
    say: (...words) => append('Noted', wordsIn(words)),
    whisper: (...words) => append('Whispered', wordsIn(words)),
    elsewhere: () => append('Noted', [{}], 'other'),
    build: (projection, dataSource, more) => ({ ...parts(projection, dataSource), ...more }),
    run: (projection, dataSource, more) => {
      const log = { error: () => undefined };
      const started = runProjection({ ...parts(projection, dataSource), log, ...more });
      running.push(started);
      return started;
    },
    rows: async (projection, dataSource, state) => {
      const found = await findGeneration(dataSource, projection, state);
      return found ? dataSource.query(`SELECT * FROM "${schemaOf(found)}".words ORDER BY last`) : [];
    },
    close: async () => {
      await Promise.all(running.map((each) => each.stop()));
      await Promise.all(pools.filter(({ isInitialized }) => isInitialized).map((pool) => pool.destroy()));
      await store.close();
      await role.drop();
      await database.drop();
    },
  };
}
