import { beforeAll, describe, expect, it } from '@jest/globals';
import { recoverByBounds } from './fixtures/bounds.fixture.js';
import { recoverByElimination } from './fixtures/elimination.fixture.js';
import { linea144In2021 } from './fixtures/linea144.fixture.js';
import { rangesByProgramming } from './fixtures/programming.fixture.js';
import { writeDown } from './fixtures/published-tables.fixture.js';
import { carelessTablesOf, cellsOf, tablesOf, trueCounts } from './fixtures/tables-of.fixture.js';
import { protectFamily, type ProtectedFamily } from './protect-family.js';

const request = linea144In2021();
const counts = trueCounts(request);

describe('a real year: every month, quarter and the year of the helpline 144', () => {
  let family: ProtectedFamily;
  beforeAll(async () => {
    family = await protectFamily(request);
  }, 180_000);

  it('shows the figures of the published report of the first quarter', () => {
    const published = {
      all: 6596,
      'AR-B': 3544,
      'AR-C': 1319,
      'AR-S': 294,
      'AR-T': 277,
      'AR-M': 224,
      'AR-H': 56,
      'AR-N': 35,
      'AR-P': 28,
      'AR-W': 25,
    };
    for (const [place, value] of Object.entries(published)) {
      expect([place, family.cell('contacts', '2021-Q1', place)]).toEqual([place, { shown: true, value }]);
    }
  });

  it('shows the published shares of behaviours in the first quarter', () => {
    const published = { psychological: 96, physical: 67, economic: 41, symbolic: 38, sexual: 15 };
    for (const [behaviour, share] of Object.entries(published)) {
      const cell = family.cell(behaviour, '2021-Q1', 'all');
      expect([behaviour, cell.shown && Math.round((100 * cell.value) / 6596)]).toEqual([behaviour, share]);
    }
  });

  it('shows true counts from the threshold on and hides little else', () => {
    const cells = cellsOf(request).map((cell) => ({
      cell: family.cell(...cell),
      count: counts.get(cell.join(' ')) ?? 0,
    }));
    for (const { cell, count } of cells)
      expect(cell).toEqual(cell.shown ? { shown: true, value: count } : { shown: false });
    expect(cells.filter(({ cell, count }) => cell.shown && count < 5)).toEqual([]);
    const large = cells.filter(({ count }) => count >= 5);
    expect(large.filter(({ cell }) => !cell.shown).length).toBeLessThan(large.length * 0.07);
  });

  it('lets nobody compute a hidden count by adding and subtracting', () => {
    expect([...recoverByElimination(writeDown(tablesOf(request, family)))]).toEqual([]);
  });

  it('lets nobody corner a hidden count between least and greatest', () => {
    expect([...recoverByBounds(writeDown(tablesOf(request, family)))]).toEqual([]);
  });

  it('lets nobody compute a hidden count, or conclude that it is under the threshold, by linear programming', async () => {
    const isProtected = (name: string, { least, greatest }: { least: number; greatest: number }): boolean =>
      least < greatest && ((counts.get(name) ?? 0) >= 5 || (greatest >= 5 && least < 4));
    const ranges = await rangesByProgramming(writeDown(tablesOf(request, family)), { enough: isProtected });
    expect([...ranges].filter(([name, range]) => !isProtected(name, range))).toEqual([]);
    expect(ranges.size).toBeGreaterThan(1000);
  }, 180_000);

  it('would be computed in many places if only small counts were left out', () => {
    const careless = writeDown(carelessTablesOf(request, 5));
    const byElimination = recoverByElimination(careless);
    const byBounds = recoverByBounds(careless);
    expect(byElimination.size).toBeGreaterThan(10);
    expect(byBounds.size).toBeGreaterThan(10);
    for (const [name, count] of [...byElimination, ...byBounds]) {
      expect([name, count]).toEqual([name, counts.get(name)]);
    }
  });

  it('gives the same pattern again', async () => {
    const part = { ...request, measures: ['contacts', 'psychological'], covers: [] };
    const hidden = (each: ProtectedFamily) => cellsOf(part).filter((cell) => !each.cell(...cell).shown);
    expect(hidden(await protectFamily(part))).toEqual(hidden(await protectFamily(part)));
  });
});
