import { describe, expect, it } from '@jest/globals';
import { ProtectedTables } from './protected-tables.js';
import { cellKey, placeKey, protectTables, type ShownBefore, type TablePlan } from './table-plan.js';

const months = ['2026-01', '2026-02', '2026-03'];
const counts: Readonly<Record<string, readonly number[]>> = {
  north: [8, 9, 2],
  south: [50, 60, 70],
  west: [0, 20, 30],
};
const key = (period: string, place: string): string => cellKey('contacts', period, place);
const in2026 = (before: Partial<ShownBefore>): TablePlan => ({
  ...{ threshold: 5, measures: ['contacts'], covers: [], equations: [] },
  time: [{ key: '2026-Q1', children: months.map((month) => ({ key: month })) }],
  geography: [{ key: 'all', children: Object.keys(counts).map((place) => ({ key: place })) }],
  counts: Object.entries(counts).flatMap(([place, each]) =>
    each.map((count, month) => [key(months[month] ?? '', place), count] as const),
  ),
  before: { shown: [], hidden: [], known: [], unlisted: [], ...before },
});

describe('tables of which something was shown before', () => {
  it('are refused where a cell is given away whatever is hidden now', async () => {
    const shown = ['2026-Q1', '2026-01', '2026-02'].map((period) => key(period, 'north'));
    const refused = new ProtectedTables(protectTables).of('year', in2026({ shown }));
    await expect(refused).rejects.toMatchObject({ status: 503, code: 'tables_not_protected' });
  });

  it('show what was shown, hide what was hidden, and hide of the rest what these would give away', async () => {
    const shown = [key('2026-01', 'north'), key('2026-02', 'north')];
    const hidden = [key('2026-01', 'west'), key('2026-01', 'south'), key('2026-02', 'all')];
    const cells = await protectTables(in2026({ shown, hidden }));
    expect(cells).toMatchObject({ sound: true, known: [] });
    expect(shown.filter((cell) => !cells.shown.has(cell))).toEqual([]);
    expect([...hidden, key('2026-Q1', 'north')].filter((cell) => cells.shown.has(cell))).toEqual([]);
  });

  it('know of a place that was not listed that there was nobody, where the others were shown beside their sum', async () => {
    const shown = ['all', 'north', 'south'].map((place) => key('2026-01', place));
    const unlisted = [placeKey('2026-01', 'west')];
    const cells = await protectTables(in2026({ shown, unlisted }));
    expect(cells).toMatchObject({ sound: true, known: unlisted });
    expect((await protectTables(in2026({ shown }))).sound).toBe(false);
  });
});
