import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ProtectedTables } from './protected-tables.js';
import {
  cellKey,
  placeKey,
  type ProtectedCells,
  protectTables,
  type ShownBefore,
  type TablePlan,
} from './table-plan.js';

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

describe('tables that take long to protect', () => {
  const found = (plan: TablePlan): ProtectedCells => ({ shown: new Map(plan.counts), known: [], sound: true });
  const [now, changed] = [in2026({}), { ...in2026({}), counts: [[key('2026-01', 'north'), 9]] as const }];
  const beingComputed = { status: 503, code: 'tables_being_computed' };
  let computed: TablePlan[];
  let goOn: () => void;
  let tables: ProtectedTables;
  beforeEach(() => {
    computed = [];
    const ready = new Promise<void>((resolve) => (goOn = resolve));
    const slow = async (plan: TablePlan): Promise<ProtectedCells> => {
      computed.push(plan);
      if (plan.counts.length > 0) await ready;
      return found(plan);
    };
    tables = new ProtectedTables(slow, 20);
  });

  it('are refused for now to who has waited long enough, and are there for who asks again', async () => {
    await expect(tables.shownOf('referrals 2026', now)).rejects.toMatchObject(beingComputed);
    await expect(tables.shownOf('referrals 2026', now)).rejects.toMatchObject(beingComputed);
    goOn();
    expect(await tables.shownOf('referrals 2026', now)).toEqual(new Map(now.counts));
    expect(computed).toHaveLength(1);
  });

  it('hold up no other report', async () => {
    await expect(tables.shownOf('referrals 2026', now)).rejects.toMatchObject(beingComputed);
    expect((await tables.shownOf('caseload', { ...now, counts: [] })).size).toBe(0);
    await expect(tables.shownOf('referrals 2025', { ...now, counts: [] })).rejects.toMatchObject(beingComputed);
  });

  it('are not computed for counts that have changed before their turn came', async () => {
    const first = tables.of('referrals 2026', now);
    while (computed.length === 0) await pause(1);
    const second = tables.of('referrals 2026', changed);
    const third = tables.of('referrals 2026', now);
    goOn();
    await expect(second).rejects.toMatchObject({ status: 503, code: 'tables_changing' });
    expect(await third).toEqual(await first);
    expect(computed).toEqual([now, now]);
  });
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
