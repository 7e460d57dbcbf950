import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import { createKeyFile, createKeyRing, openKeyFile } from '@waymark/privacy';
import { foundView, searchPathOf, viewGenerationsMigration } from '@waymark/projections';
import { Aggregates, messageCall, Views } from '@waymark/service-kit';
import { createTestDatabase, createTestRole, FakeClock } from '@waymark/testing';
import type { ReportingView } from '../fact/projections/reporting-views.js';
import type { ContactFact } from '../fact/domain/fact.js';
import { factAggregate } from '../fact/fact.aggregate.js';
import { contactCountsProjection } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { shownTablesAggregate } from '../shown-tables/shown-tables.aggregate.js';
import { EarlierCounts } from './earlier-counts.js';
import { protectApart } from './protect-apart.js';
import { ProtectedTables } from './protected-tables.js';
import { type TablePlan } from './table-plan.js';
import { YearFamilies } from './year-families.js';

export type YearGround = Awaited<ReturnType<typeof prepareYears>>;

export type Told = Omit<ContactFact, 'factId'>;

/** A log of facts, the view of their counts, and as many instances as are asked for that show them. */
export async function prepareYears() {
  const logDatabase = await createTestDatabase('shown_log');
  const role = await createTestRole(logDatabase);
  await migrateEventStore({ adminUrl: logDatabase.url });
  const categories = [factAggregate.category, shownTablesAggregate.category];
  await grantCategories({ adminUrl: logDatabase.url, role: role.name, append: categories, read: categories });
  const store = openPostgresEventStore({ url: role.url });

  const database = await createTestDatabase('year_families');
  const extra = { options: `-c search_path=${searchPathOf([contactCountsProjection])}` };
  const dataSource = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
  await dataSource.query(viewGenerationsMigration);
  await foundView(dataSource, contactCountsProjection);

  const folder = await mkdtemp(join(tmpdir(), 'waymark-shown-'));
  await createKeyFile({ path: join(folder, 'key') });
  const provider = await openKeyFile({ path: join(folder, 'key') });
  const clock = new FakeClock();
  clock.set('2022-02-01T00:00:00.000Z');
  const newAggregates = () =>
    new Aggregates(store, createKeyRing({ context: 'reporting', database: dataSource, provider }), clock);
  const own = newAggregates();
  let position = 0n;

  /** The view goes on to the end of the log. */
  const follow = async (): Promise<void> => {
    for (let page = await store.readAll({ after: position, categories: ['fact'] }); ;) {
      const events = await Promise.all(
        page.events.map(async (recorded) => ({
          ...recorded,
          ...(await own.open(factAggregate, recorded)),
        })),
      );
      await contactCountsProjection.applyAll?.(events, dataSource.manager);
      const moved = page.position > position;
      position = page.position;
      await dataSource.query('UPDATE view_generations SET position = $1', [String(position)]);
      if (!moved) return;
      page = await store.readAll({ after: position, categories: ['fact'] });
    }
  };

  return {
    clock,
    store,
    dataSource,
    tell: async (facts: readonly Told[]): Promise<void> => {
      for (const told of facts) {
        const fact = { factId: randomUUID(), ...told };
        const call = messageCall('reporting', { id: fact.factId, correlationid: fact.factId });
        await own.change(factAggregate, fact.factId, { type: 'ReceiveFact', fact }, call);
      }
      await follow();
    },
    /** What is in the log about the tables of a year. */
    decided: async (year: string) =>
      (await own.history(shownTablesAggregate, `typology_geography_${year}`)).map(({ event }) => event.data),
    newInstance: (
      protect: (plan: TablePlan) => ReturnType<typeof protectApart> = protectApart,
      patience = 600_000,
    ): YearFamilies => {
      const aggregates = newAggregates();
      const earlier = new EarlierCounts(store, aggregates);
      return new YearFamilies(
        dataSource,
        new Views<ReportingView>(),
        clock,
        new ProtectedTables(protect, patience),
        aggregates,
        earlier,
      );
    },
    close: async (): Promise<void> => {
      await store.close();
      await dataSource.destroy();
      await database.drop();
      await role.drop();
      await logDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
