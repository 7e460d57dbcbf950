import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { foundView, searchPathOf, viewGenerationsMigration } from '@waymark/projections';
import { Views } from '@waymark/service-kit';
import { createTestDatabase, FakeClock, type TestDatabase } from '@waymark/testing';
import { contactCountsProjection } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { protectApart } from './protect-apart.js';
import { ProtectedTables } from './protected-tables.js';
import { cellKey, type TablePlan } from './table-plan.js';
import { YearFamilies } from './year-families.js';

/** The helpline's real contacts of 2021: month, province, behaviours, contacts. */
const realYear = readFileSync(
  new URL('../../../../libs/privacy/src/disclosure-control/fixtures/linea144-2021.csv', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));

describe('the protected tables of a year', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let computed: TablePlan[];
  let families: YearFamilies;
  let fails: boolean;

  beforeAll(async () => {
    database = await createTestDatabase('year_families');
    const extra = { options: `-c search_path=${searchPathOf([contactCountsProjection])}` };
    dataSource = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
    await dataSource.query(viewGenerationsMigration);
    await foundView(dataSource, contactCountsProjection);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });
  beforeEach(async () => {
    await dataSource.query('TRUNCATE contact_counts');
    await dataSource.query('UPDATE view_generations SET position = 7');
    const clock = new FakeClock();
    clock.set('2022-02-01T00:00:00.000Z');
    computed = [];
    fails = false;
    const tables = new ProtectedTables(async (plan) => {
      computed.push(plan);
      if (fails) throw new Error('out of memory');
      return protectApart(plan);
    });
    families = new YearFamilies(dataSource, new Views(), clock, tables);
  });

  const count = (month: string, subdivision: string, measure: string, contacts: number) =>
    dataSource.query(
      `INSERT INTO contact_counts AS c VALUES ($1, 'AR', $2, $3, $4)
       ON CONFLICT (month, country, subdivision, measure) DO UPDATE SET contacts = c.contacts + excluded.contacts`,
      [month, subdivision, measure, contacts],
    );
  const countSome = async (contacts: number): Promise<void> => {
    for (const measure of ['contacts', 'behaviour/physical_violence', 'matter/other'])
      await count('2021-01', 'AR-B', measure, contacts);
  };
  const contactsOf = async (): Promise<number | undefined> =>
    (await families.of('2021')).family.shown.get(cellKey('contacts', '2021-01', 'AR-B'));

  it('are computed once for all who ask at once, and again only when the counts have changed', async () => {
    await countSome(8);
    expect(await Promise.all([contactsOf(), contactsOf(), contactsOf()])).toEqual([8, 8, 8]);
    await dataSource.query('UPDATE view_generations SET position = 9');
    expect(await families.of('2021')).toMatchObject({ position: '9' });
    expect(computed).toHaveLength(1);
    await countSome(3);
    expect(await Promise.all([contactsOf(), contactsOf()])).toEqual([11, 11]);
    expect(computed).toHaveLength(2);
  });

  it('never answer with counts of before, also when they change while others are computed', async () => {
    await countSome(8);
    const before = contactsOf();
    while (computed.length === 0) await pause(1);
    await countSome(3);
    expect(await contactsOf()).toBe(11);
    expect(await before).toBe(8);
  });

  it('are computed again after a computation that failed', async () => {
    await countSome(8);
    fails = true;
    await expect(contactsOf()).rejects.toThrow('out of memory');
    fails = false;
    expect(await contactsOf()).toBe(8);
  });

  it('leave this thread free while a real year is computed', async () => {
    const cells = new Map<string, number>();
    for (const [month = '', province = '', kinds = '', contacts = ''] of realYear)
      for (const kind of [
        'contacts',
        'matter/other',
        ...(kinds || 'not_stated').split(';').map((each) => `behaviour/${each}`),
      ]) {
        const cell = [month, province, kind].join();
        cells.set(cell, (cells.get(cell) ?? 0) + Number(contacts));
      }
    for (const [cell, contacts] of cells) {
      const [month = '', province = '', measure = ''] = cell.split(',');
      await count(month, province, measure, contacts);
    }
    const free = performance.eventLoopUtilization();
    const { family } = await families.of('2021');
    expect(performance.eventLoopUtilization(free).utilization).toBeLessThan(0.5);
    expect(family.periods).toHaveLength(17);
    expect(family.shown.get(cellKey('contacts', '2021', 'all'))).toBe(
      realYear.reduce((sum, [, , , contacts]) => sum + Number(contacts), 0),
    );
  });
});
