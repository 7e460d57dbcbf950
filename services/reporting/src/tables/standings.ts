import type { TreeNode } from '@waymark/privacy';
import { type ShownTablesState, standingOf } from '../shown-tables/domain/shown-tables.decider.js';
import type { Decided } from '../shown-tables/domain/shown-tables.events.js';
import { cellKey, cellsOf, placeKey, type ProtectedCells, type ShownBefore, type ShownCells } from './table-plan.js';
import { type CountRow, leafOf, type YearFamily, type YearPlan } from './year-family.js';

/** Whether every cell has a standing, so that the tables can be shown without deciding anything. */
export const allDecided = (state: ShownTablesState, { plan }: YearPlan): boolean =>
  cellsOf(plan).every((cell) => standingOf(state, ...cell) !== undefined);

/** What everything else has to be protected around. */
export function shownBefore(state: ShownTablesState, { plan, periods, places }: YearPlan): ShownBefore {
  const by = { shown: new Array<string>(), hidden: new Array<string>(), known: new Array<string>() };
  for (const cell of cellsOf(plan)) {
    const standing = standingOf(state, ...cell);
    if (standing) by[standing].push(cellKey(...cell));
  }
  const unlisted = periods.flatMap((period) => {
    const at = state.periods.get(period);
    return at ? places.flatMap(({ key }) => (at.places.has(key) ? [] : [placeKey(period, key)])) : [];
  });
  return { ...by, unlisted };
}

/** The standings of all cells that had none. */
export function decidedOf(
  state: ShownTablesState,
  { plan, periods, measures, places }: YearPlan,
  { shown, known }: ProtectedCells,
  countedUpTo: string,
): readonly Decided[] {
  const cells = cellsOf(plan).filter((cell) => standingOf(state, ...cell) === undefined);
  const isKnown = new Set(known);
  const open = new Set(cells.map(([, period]) => period));
  return periods
    .filter((period) => open.has(period))
    .map((period) => ({
      ...{ period, countedUpTo, measures: [...measures], places: places.map(({ key }) => key) },
      shown: measures.flatMap((measure) => {
        const found = cells.filter((cell) => cell[0] === measure && cell[1] === period && shown.has(cellKey(...cell)));
        return found.length === 0 ? [] : [{ measure, places: found.map(([, , place]) => place) }];
      }),
      known: places.flatMap(({ key }) => (isKnown.has(placeKey(period, key)) ? [key] : [])),
    }));
}

/**
 * The rows as they may be counted: nothing where an earlier table told that there was nobody. To count who came late
 * would tell, by all who are shown, how many they are.
 */
export const countable = (state: ShownTablesState, rows: readonly CountRow[]): readonly CountRow[] =>
  rows.map((row) => (state.periods.get(row.month)?.known.has(leafOf(row)) ? { ...row, contacts: 0 } : row));

/** Where the tables of a month first left the house, by month. */
export const firstCountedUpTo = ({ periods }: ShownTablesState): ReadonlyMap<string, bigint> =>
  new Map([...periods].map(([period, { countedUpTo }]) => [period, BigInt(countedUpTo)]));

/** The tables with their counts of now in all cells that are shown. */
export function shownNow(
  state: ShownTablesState,
  { plan, ...described }: YearPlan,
  rows: readonly CountRow[],
): YearFamily {
  const shown = new Map<string, number>();
  for (const [cell, count] of summedUp(plan, rows)) {
    const [measure = '', period = '', place = ''] = cell.split(' ');
    if (count >= plan.threshold && standingOf(state, measure, period, place) === 'shown') shown.set(cell, count);
  }
  return { ...described, shown };
}

/** All cells that are not nothing, sums included. */
function summedUp({ time, geography }: YearPlan['plan'], rows: readonly CountRow[]): ShownCells {
  const [periodsOf, placesOf] = [pathsIn(time), pathsIn(geography)];
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const period of periodsOf.get(row.month) ?? [])
      for (const place of placesOf.get(leafOf(row)) ?? []) {
        const cell = cellKey(row.measure, period, place);
        sums.set(cell, (sums.get(cell) ?? 0) + row.contacts);
      }
  return sums;
}

/** Each node with all that it is a part of. */
function pathsIn(nodes: readonly TreeNode[], above: readonly string[] = []): ReadonlyMap<string, readonly string[]> {
  return new Map(
    nodes.flatMap(({ key, children = [] }) => {
      const path = [...above, key];
      return [[key, path] as const, ...pathsIn(children, path)];
    }),
  );
}
