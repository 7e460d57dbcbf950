import { type Cover, type Equation, protectFamily, type TreeNode } from '@waymark/privacy';
import { periodsIn } from './calendar.js';

/** Cells under this are not shown. */
export const threshold = 5;

/** Tables that are protected together, and everything that they follow from; plain data, because it goes to another thread. */
export interface TablePlan {
  readonly threshold: number;
  /** The periods that can be shown. */
  readonly time: readonly TreeNode[];
  readonly geography: readonly TreeNode[];
  readonly measures: readonly string[];
  readonly covers: readonly Cover[];
  readonly equations: readonly Equation[];
  /** True counts of the cells that are not sums, by `cellKey`; what is not here is nothing. */
  readonly counts: readonly (readonly [cell: string, count: number])[];
}

/** Counts that may be shown, by `cellKey`; what is not here is not shown. */
export type ShownCells = ReadonlyMap<string, number>;

export const cellKey = (measure: string, period: string, place: string): string => `${measure} ${period} ${place}`;

export async function protectTables({ counts, ...family }: TablePlan): Promise<ShownCells> {
  const { time, geography, measures } = family;
  const known = new Map(counts);
  const protectedFamily = await protectFamily({ ...family, count: (...cell) => known.get(cellKey(...cell)) ?? 0 });
  const shown = new Map<string, number>();
  for (const measure of measures)
    for (const period of periodsIn(time))
      for (const place of keysOf(geography)) {
        const cell = protectedFamily.cell(measure, period, place);
        if (cell.shown) shown.set(cellKey(measure, period, place), cell.value);
      }
  return shown;
}

const keysOf = (nodes: readonly TreeNode[]): readonly string[] =>
  nodes.flatMap(({ key, children = [] }) => [key, ...keysOf(children)]);
