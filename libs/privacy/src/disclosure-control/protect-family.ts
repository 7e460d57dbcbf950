import type { Alternative } from './alternative.js';
import { countFamily, type FamilyRequest } from './family.js';
import { Pattern } from './pattern.js';
import { loadSolver } from './solver.js';

/** A count, or the mark that it is not shown; why it is not shown is never told. */
export type ProtectedCell = { readonly shown: true; readonly value: number } | { readonly shown: false };

export interface CellAddress {
  readonly measure: string;
  readonly period: string;
  readonly geography: string;
}

export interface ProtectedFamily {
  readonly threshold: number;
  /** Throws RangeError for a measure, period or geography that the family does not have. */
  cell(measure: string, period: string, geography: string): ProtectedCell;
  /** Cells that what was shown before gives away; empty unless `alreadyShown` was given. Do not publish if not empty. */
  readonly exposed: readonly CellAddress[];
}

/**
 * Decides which counts of a family are shown, so that all its tables together (every period, geography and measure)
 * let nobody compute one that is not: docs/adr/0008-disclosure-control.md. The same request gives the same pattern.
 *
 * Seven measures of a country's year take seconds of CPU, in turns with whatever else runs in the process: decide when
 * a period is closed, not at each request. Throws RangeError for counts, trees, covers or equations that do not fit together.
 */
export async function protectFamily(request: FamilyRequest): Promise<ProtectedFamily> {
  const family = countFamily(request);
  const pattern = new Pattern(await loadSolver(), family);
  const found: Alternative[] = [];
  for (const measure of family.measures.keys()) found.push(...(await pattern.protectMeasure(measure)));
  const proofs = family.covers.length > 0 ? await pattern.protectAcrossMeasures(found) : found;

  return {
    threshold: family.threshold,
    exposed: pattern.exposedDespite(proofs).map((cell) => addressOf(cell)),
    cell(measure, period, geography) {
      const index = family.measures.indexOf(measure);
      if (index < 0) throw new RangeError(`no measure "${measure}"`);
      const cell = family.cellAt(index, family.time.indexOf(period), family.geography.indexOf(geography));
      const value = family.values[cell];
      return value === undefined || pattern.hidden.has(cell) ? { shown: false } : { shown: true, value };
    },
  };

  function addressOf(cell: number): CellAddress {
    const places = family.geography.keys.length;
    return {
      measure: family.measures[family.measureOf(cell)] ?? '',
      period: family.time.keys[Math.floor(cell / places) % family.time.keys.length] ?? '',
      geography: family.geography.keys[cell % places] ?? '',
    };
  }
}
