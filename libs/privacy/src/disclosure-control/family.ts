import { layOut, type Dimension, type TreeNode } from './tree.js';

/**
 * What everybody knows about a measure that counts contacts and the measures that count them by code: no code
 * counts more contacts than there are, and every contact has at least one of the codes.
 */
export interface Cover {
  readonly whole: string;
  /** Every code of the list, "not stated" among them. */
  readonly parts: readonly string[];
}

/** One cell of a sum. */
export interface Term {
  readonly period: string;
  readonly geography: string;
  readonly factor: 1 | -1;
}

/** Cells that add up to zero, in each measure: what everybody knows beyond the two trees. */
export type Equation = readonly Term[];

/** Everything that is published about one calendar year (or another closed span) and can be added up. */
export interface FamilyRequest {
  /** Counts below this are not shown. Default 5. */
  readonly threshold?: number;
  /** Calendar periods; several roots where the year or a quarter is not complete yet. */
  readonly time: readonly TreeNode[];
  readonly geography: readonly TreeNode[];
  /** What is counted: all contacts, and each typology code. Codes do not add up to the whole. */
  readonly measures: readonly string[];
  readonly count: (measure: string, period: string, geography: string) => number;
  readonly covers?: readonly Cover[];
  readonly equations?: readonly Equation[];
  /** Cells that left the house before, with this value: they stay shown, and all else is protected around them. */
  readonly alreadyShown?: CellChoice;
  /** Cells that were hidden when others of their tables left the house: they stay hidden, whatever else is shown. */
  readonly alreadyHidden?: CellChoice;
  /** Cells under the threshold that everybody knows already, though they are not shown: nothing protects them any more. */
  readonly alreadyKnown?: CellChoice;
}

export type CellChoice = (measure: string, period: string, geography: string) => boolean;

/** The numbered cells of a family with their true values. */
export interface Family {
  readonly threshold: number;
  readonly measures: readonly string[];
  readonly time: Dimension;
  readonly geography: Dimension;
  readonly covers: readonly Cover[];
  readonly equations: readonly Equation[];
  readonly values: readonly number[];
  /** Cells that have no other value for anybody: they must stay shown, or are known. */
  readonly fixed: ReadonlySet<number>;
  /** Cells that must not be shown. */
  readonly hidden: ReadonlySet<number>;
  cellAt(measure: number, period: number, geography: number): number;
  measureOf(cell: number): number;
  isPrimary(cell: number): boolean;
}

export function countFamily(request: FamilyRequest): Family {
  const threshold = request.threshold ?? 5;
  if (!Number.isInteger(threshold) || threshold < 1)
    throw new RangeError('the threshold must be a whole number from 1');
  const { measures } = request;
  if (new Set(measures).size !== measures.length) throw new RangeError('a measure is given twice');
  const time = layOut('time', request.time);
  const geography = layOut('geography', request.geography);
  const perMeasure = time.keys.length * geography.keys.length;
  const values: number[] = [];
  const fixed = new Set<number>();
  const hidden = new Set<number>();
  const cellAt = (measure: number, period: number, place: number): number =>
    measure * perMeasure + period * geography.keys.length + place;
  const valueAt = (cell: number): number => values[cell] ?? 0;

  measures.forEach((measure, m) => {
    time.keys.forEach((period, t) => {
      geography.keys.forEach((place, g) => {
        const below = time.children[t] ?? [];
        const inside = geography.children[g] ?? [];
        const cell = cellAt(m, t, g);
        if (below.length > 0) values[cell] = below.reduce((sum, child) => sum + valueAt(cellAt(m, child, g)), 0);
        else if (inside.length > 0) values[cell] = inside.reduce((sum, child) => sum + valueAt(cellAt(m, t, child)), 0);
        else values[cell] = checkedCount(request.count(measure, period, place), measure, period, place);
        const isPrimary = valueAt(cell) < threshold;
        const isFixed = isPrimary ? request.alreadyKnown : request.alreadyShown;
        if (isFixed?.(measure, period, place)) fixed.add(cell);
        if (isPrimary || request.alreadyHidden?.(measure, period, place)) hidden.add(cell);
      });
    });
  });

  return {
    threshold,
    measures,
    time,
    geography,
    covers: request.covers ?? [],
    equations: request.equations ?? [],
    values,
    fixed,
    hidden,
    cellAt,
    measureOf: (cell) => Math.floor(cell / perMeasure),
    isPrimary: (cell) => valueAt(cell) < threshold,
  };
}

function checkedCount(count: number, ...where: readonly string[]): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`not a count at ${where.join(', ')}: ${count}`);
  return count;
}
