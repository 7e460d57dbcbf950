import type { Equation, Term } from './family.js';
import type { TreeNode } from './tree.js';

/** The cells of a table of each period, as the second dimension of a family, and how they add up beyond the tree. */
export interface TableShape {
  readonly nodes: readonly TreeNode[];
  readonly equations: readonly Equation[];
}

export interface CrossTableParts {
  /** Periods without children: for those above them it follows. */
  readonly periods: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Columns whose total over all rows is told in finer parts as well. */
  readonly splits?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Rows by columns, where both add up: cells `row/column`, totals `row`, `all/column` and `all`, parts `all/column/part`. Every row and
 * every column that the family knows of, and in each the same.
 */
export function crossTable({ periods, rows, columns, splits = {} }: CrossTableParts): TableShape {
  if (rows.length === 0 || columns.length === 0) return { nodes: [], equations: [] };
  const parts = (column: string): readonly string[] => splits[column] ?? [];
  const table = rows.map((row) => ({ key: row, children: columns.map((column) => ({ key: `${row}/${column}` })) }));
  const totals = columns.flatMap((column) => [
    { key: `all/${column}`, height: 1 },
    ...parts(column).map((part) => ({ key: `all/${column}/${part}` })),
  ]);
  const sums = columns.flatMap((column) => [
    [`all/${column}`, rows.map((row) => `${row}/${column}`)] as const,
    ...(parts(column).length > 0
      ? [[`all/${column}`, parts(column).map((part) => `all/${column}/${part}`)] as const]
      : []),
  ]);
  return {
    nodes: [{ key: 'all', children: table }, ...totals],
    equations: periods.flatMap((period) =>
      sums.map(([total, summands]) => [term(period, total, -1), ...summands.map((each) => term(period, each, 1))]),
    ),
  };
}

export interface StockAndFlowParts {
  /** In order, the first the one before which there was nothing. */
  readonly periods: readonly string[];
  /** What is there at the end of a period, and of which parts it is made. */
  readonly stock: { readonly key: string; readonly parts: readonly string[] };
  readonly inflows: readonly string[];
  readonly outflows: readonly string[];
}

/** What is there at the end of each period is what was there before, and what has come, less what has gone. */
export function stockAndFlow({ periods, stock, inflows, outflows }: StockAndFlowParts): TableShape {
  const flow = (key: string): TreeNode => ({ key, height: 1 });
  return {
    nodes: [
      { key: stock.key, children: stock.parts.map((part) => ({ key: part })) },
      ...inflows.map(flow),
      ...outflows.map(flow),
    ],
    equations: periods.map((period, index) => {
      const before = periods[index - 1];
      return [
        term(period, stock.key, -1),
        ...(before === undefined ? [] : [term(before, stock.key, 1)]),
        ...inflows.map((key) => term(period, key, 1)),
        ...outflows.map((key) => term(period, key, -1)),
      ];
    }),
  };
}

const term = (period: string, geography: string, factor: Term['factor']): Term => ({ period, geography, factor });
