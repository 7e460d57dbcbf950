import type { Constraint } from './constraints.js';
import type { Family } from './family.js';

/**
 * Another table that would be published exactly like the true one, as differences from it (only those not zero).
 * While one exists in which a cell differs, no attacker can compute that cell.
 */
export type Alternative = ReadonlyMap<number, number>;

/** What some alternative has to show about a cell that is not shown. */
export interface Demand {
  readonly cell: number;
  readonly kind: 'varies' | 'varies_under_threshold' | 'reaches_threshold';
}

export function meets(family: Family, demand: Demand, alternative: Alternative): boolean {
  const difference = alternative.get(demand.cell) ?? 0;
  const value = (family.values[demand.cell] ?? 0) + difference;
  switch (demand.kind) {
    case 'varies':
      return difference !== 0;
    case 'varies_under_threshold':
      return difference !== 0 && value < family.threshold;
    case 'reaches_threshold':
      return value >= family.threshold;
  }
}

/** Checked in whole numbers, so that nothing rests on the solver's rounding. */
export function isPossible(family: Family, constraints: readonly Constraint[], alternative: Alternative): boolean {
  for (const [cell, difference] of alternative) {
    if (!Number.isInteger(difference) || (family.values[cell] ?? 0) + difference < 0) return false;
  }
  return constraints.every(({ cells, signs, lower, upper }) => {
    const sum = cells.reduce((total, cell, i) => total + (signs[i] ?? 0) * (alternative.get(cell) ?? 0), 0);
    return sum >= lower && sum <= upper;
  });
}
