import { type CellChoice, type Cover, type Equation, protectFamily, type TreeNode } from '@waymark/privacy';
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
  /** Absent where nothing has left the house. */
  readonly before?: ShownBefore;
}

/** Cells with a standing, by `cellKey`, and places that tables of a period did not list when it left the house. */
export interface ShownBefore {
  readonly shown: readonly string[];
  readonly hidden: readonly string[];
  readonly known: readonly string[];
  /** By `placeKey`. */
  readonly unlisted: readonly string[];
}

/** Counts that may be shown, by `cellKey`; what is not here is not shown. */
export type ShownCells = ReadonlyMap<string, number>;

export interface ProtectedCells {
  readonly shown: ShownCells;
  /** Unlisted places, by `placeKey`, of which earlier tables tell that there was nobody. */
  readonly known: readonly string[];
  /** False: the solver found no pattern in which nothing is given away. Nothing of it may be shown. */
  readonly sound: boolean;
}

export const cellKey = (measure: string, period: string, place: string): string => `${measure} ${period} ${place}`;
export const placeKey = (period: string, place: string): string => `${period} ${place}`;

const nothingBefore: ShownBefore = { shown: [], hidden: [], known: [], unlisted: [] };

/**
 * What was shown stays shown, what was hidden stays hidden, and the rest is decided around it. Where that gives a cell
 * away after all, nothing is shown that was not shown before.
 */
export async function protectTables(plan: TablePlan): Promise<ProtectedCells> {
  const { before = nothingBefore } = plan;
  const first = await protectKnowing(plan, before);
  if (first.sound || before.shown.length === 0) return first;
  const decided = new Set([...before.shown, ...before.known]);
  const hidden = cellsOf(plan).map((cell) => cellKey(...cell));
  return protectKnowing(plan, { ...before, hidden: hidden.filter((cell) => !decided.has(cell)) });
}

/** Finds out which unlisted places are known: nothing that is hidden now could protect them. */
async function protectKnowing(plan: TablePlan, before: ShownBefore): Promise<ProtectedCells> {
  const unlisted = new Set(before.unlisted);
  const known = new Set<string>();
  for (;;) {
    const { cells, exposed } = await protectOnce(plan, before, known);
    const found = exposed.filter((each) => unlisted.has(each) && !known.has(each));
    if (found.length === 0) return { shown: cells, known: [...known], sound: exposed.length === 0 };
    for (const each of found) known.add(each);
  }
}

async function protectOnce(
  { counts, before: _given, ...family }: TablePlan,
  before: ShownBefore,
  knownPlaces: ReadonlySet<string>,
) {
  const values = new Map(counts);
  const among = (cells: readonly string[]): CellChoice => {
    const keys = new Set(cells);
    return (...cell) => keys.has(cellKey(...cell));
  };
  const isKnown = among(before.known);
  const found = await protectFamily({
    ...family,
    count: (...cell) => values.get(cellKey(...cell)) ?? 0,
    alreadyShown: among(before.shown),
    alreadyHidden: among(before.hidden),
    alreadyKnown: (...cell) => isKnown(...cell) || knownPlaces.has(placeKey(cell[1], cell[2])),
  });
  const cells = new Map<string, number>();
  for (const address of cellsOf(family)) {
    const cell = found.cell(...address);
    if (cell.shown) cells.set(cellKey(...address), cell.value);
  }
  return { cells, exposed: found.exposed.map(({ period, geography }) => placeKey(period, geography)) };
}

/** Every cell of the tables. */
export function cellsOf({ measures, time, geography }: Pick<TablePlan, 'measures' | 'time' | 'geography'>) {
  const places = keysOf(geography);
  return measures.flatMap((measure) =>
    periodsIn(time).flatMap((period) => places.map((place) => [measure, period, place] as const)),
  );
}

const keysOf = (nodes: readonly TreeNode[]): readonly string[] =>
  nodes.flatMap(({ key, children = [] }) => [key, ...keysOf(children)]);
