import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { type EventStore, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import {
  buildView,
  digestOf,
  findGeneration,
  type GenerationState,
  type OpenedEvent,
  placeView,
  type Projection,
  runProjection,
  schemaOf,
  viewGenerationsMigration,
} from '@waymark/projections';
import { aggregatesOf, projectionsOf, Secrets, unopenedBy } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { createTestDatabase, createTestRole, type TestDatabase, type TestRole } from '@waymark/testing';
import { fillsEveryView } from './filled-views.fixture.js';
import { histories, toAppend, type Told, toldCategories } from './histories.fixture.js';

const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const secrets = new Secrets(Buffer.alloc(32, 7));
const views = definitions.flatMap((definition) => projectionsOf(definition, secrets));

jest.setTimeout(300_000);

/** Forgets at the end of each page what it was told last. */
const forgetful = (view: Projection): Projection => ({
  ...view,
  name: `forgetful-${view.name}`,
  applyAll: async (events, manager) => view.applyAll?.(events.slice(0, -1), manager),
});

describe(`after any history (WAYMARK_TEST_SEED=${seed})`, () => {
  let database: TestDatabase;
  let role: TestRole;
  let store: EventStore;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase('fresh_fold');
    await migrateEventStore({ adminUrl: database.url });
    role = await createTestRole(database);
    await grantCategories({ adminUrl: database.url, role: role.name, append: toldCategories, read: 'all' });
    store = openPostgresEventStore({ url: role.url });
    const entities = views.flatMap((view) => [...(view.entities ?? [])]);
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities, poolSize: 12 }).initialize();
    await dataSource.query(viewGenerationsMigration);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await store?.close();
    await role?.drop();
    await database?.drop();
  });

  /** A view that folds a sealed field which it does not name among those it opens stops there. */
  const partsOf = (view: Projection) => {
    const unopened = unopenedBy(definitions.flatMap(aggregatesOf), view.opens ?? {});
    const open = async (event: Omit<OpenedEvent, 'erased'>) => ({
      ...event,
      ...{ data: unopened(event)(event.data), erased: [] },
    });
    return { open, projection: view };
  };
  const build = (projection: Projection, batchSize: number) =>
    buildView({ ...partsOf(projection), store, dataSource, batchSize });
  const digest = async (projection: Projection, state: GenerationState) => {
    const found = await findGeneration(dataSource, projection, state);
    return { view: projection.name, digest: found && (await digestOf(dataSource, found, projection.notFolded)) };
  };
  const follow = (projection: Projection, batchSize: number) =>
    runProjection({ ...partsOf(projection), store, dataSource, batchSize, log: { error: () => undefined } });
  /** Until it is where the log ends. */
  const caughtUp = async (projection: Projection, batchSize: number, position: bigint): Promise<void> => {
    const running = follow(projection, batchSize);
    expect({ view: projection.name, shown: await running.waitFor(position, 30_000) }).toMatchObject({ shown: true });
    await running.stop();
  };
  const tell = async (told: readonly Told[]): Promise<bigint> => {
    let position = 0n;
    for (const each of told) position = (await store.append(each.stream, 'any', [toAppend(each)])).position;
    return position;
  };

  const filled = new Set<string>();
  const hasRows = async (view: Projection): Promise<boolean> => {
    const live = await findGeneration(dataSource, view, 'live');
    const [row] = await dataSource.query<{ rows: number }[]>(
      `SELECT sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', schemaname, tablename),
         false, true, '')))[1]::text::int) AS rows FROM pg_tables WHERE schemaname = $1`,
      [live && schemaOf(live)],
    );
    return Number(row?.rows) > 0;
  };

  it('every view is the same live and rebuilt, however the history is cut into pages, and the same again when gone back to', async () => {
    const property = fc.asyncProperty(
      histories,
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 200 })),
      async (history, [livePage, builtPage]) => {
        const position = await tell(history);
        for (const view of views) {
          await caughtUp(view, livePage, position);
          await build(view, builtPage);
          const live = await digest(view, 'live');
          expect(await digest(view, 'building')).toEqual(live);
          await placeView({ ...partsOf(view), store, dataSource }, 'building');
          expect(await digest(view, 'live')).toEqual(live);
          await placeView({ ...partsOf(view), store, dataSource }, 'kept');
          expect(await digest(view, 'live')).toEqual(live);
          if (await hasRows(view)) filled.add(view.name);
        }
      },
    );
    await fc.assert(property, { seed, numRuns: 9, endOnFailure: true, examples: [[fillsEveryView, [3, 5]]] });
    // A view that is always empty would be equal to anything.
    expect([...filled].toSorted()).toEqual(views.map(({ name }) => name).toSorted());
  });

  it('a fold that loses something at the end of a page is found out', async () => {
    const counts = views.filter(({ name }) => name === 'contact-counts').map(forgetful);
    expect(counts).toHaveLength(1);
    for (const view of counts) {
      const history = fc.sample(histories, { seed, numRuns: 20 }).flat();
      await caughtUp(view, 7, await tell(history));
      await build(view, 1);
      expect(await digest(view, 'building')).not.toEqual(await digest(view, 'live'));
    }
  });
});
