import { crossTable } from '@waymark/privacy';
import { calendarOf, periodsIn } from './calendar.js';
import { cellKey, type ShownCells, type TablePlan, threshold } from './table-plan.js';

/** How many there are in one row and column of a month. */
export interface CrossRow {
  readonly month: string;
  readonly row: string;
  readonly column: string;
  /** Where the column is told in finer parts over all rows. */
  readonly part?: string;
  readonly count: number;
}

/** All tables of a year that count the same by rows and columns. */
export interface CrossTables {
  readonly periods: readonly string[];
  /** `all` first. */
  readonly rows: readonly string[];
  readonly plan: TablePlan;
}

const measure = 'count';

/** What the columns can be, by the code lists. One that is hidden may not be told from one of which nothing was counted. */
export interface CrossColumns {
  readonly columns: readonly string[];
  /** Of a column whose total is told in finer parts. */
  readonly splits?: Readonly<Record<string, readonly string[]>>;
}

/** Rows of which nothing was counted in the year are left out. */
export function crossTables(
  { columns, splits = {} }: CrossColumns,
  year: string,
  counted: readonly CrossRow[],
  now: string,
): CrossTables {
  const time = calendarOf(year, new Set(counted.map(({ month }) => month)), now);
  const periods = periodsIn(time);
  const shown = counted.filter(({ month }) => periods.includes(month));
  const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted();
  const rows = distinct(shown.map(({ row }) => row));
  const months = distinct(shown.map(({ month }) => month));
  const shape = crossTable({ periods: months, rows, columns, splits });
  const counts = new Map<string, number>();
  for (const { month, row, column, part, count } of shown)
    for (const cell of [
      `${row}/${column}`,
      `all/${column}`,
      ...(part === undefined ? [] : [`all/${column}/${part}`]),
    ]) {
      const key = cellKey(measure, month, cell);
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  const plan = {
    ...{ threshold, time, geography: shape.nodes, measures: shape.nodes.length > 0 ? [measure] : [], covers: [] },
    ...{ equations: shape.equations, counts: [...counts] },
  };
  return { periods, rows: ['all', ...rows], plan };
}

/** A cell of such a table as it may be shown; `cell` is a row, or `row/column`, or `all/column/part`. */
export const crossCell = (shown: ShownCells, period: string, cell: string): number | undefined =>
  shown.get(cellKey(measure, period, cell));
