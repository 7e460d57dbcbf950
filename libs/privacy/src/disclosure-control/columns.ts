import type { Demand } from './alternative.js';
import type { Family } from './family.js';

/**
 * Each cell has three columns in the program: a first step up, as far as the threshold (this much may be wished for),
 * any further step up, and a step down.
 */
export const columnsPerCell = 3;

export interface Bounds {
  readonly lower: readonly [step: number, further: number, down: number];
  readonly upper: readonly [step: number, further: number, down: number];
}

export function openBounds(family: Family, cell: number): Bounds {
  return { lower: [0, 0, 0], upper: [firstStep(family, cell), Infinity, valueOf(family, cell)] };
}

/** The ways to meet a demand, the likelier first. */
export function boundsFor(family: Family, { cell, kind }: Demand): readonly Bounds[] {
  const step = firstStep(family, cell);
  const value = valueOf(family, cell);
  const roomUnderThreshold = family.threshold - 1 - value;
  const up: Bounds = { lower: [1, 0, 0], upper: [step, Infinity, 0] };
  const down: readonly Bounds[] = value > 0 ? [{ lower: [0, 0, 1], upper: [0, 0, value] }] : [];
  switch (kind) {
    case 'varies':
      return [...down, up];
    case 'varies_under_threshold':
      if (roomUnderThreshold <= 0) return down;
      return [{ lower: [1, 0, 0], upper: [roomUnderThreshold, 0, 0] }, ...down];
    case 'reaches_threshold':
      return [{ lower: [step, 0, 0], upper: [step, Infinity, 0] }];
  }
}

function firstStep(family: Family, cell: number): number {
  return Math.max(1, family.threshold - valueOf(family, cell));
}

function valueOf(family: Family, cell: number): number {
  return family.values[cell] ?? 0;
}
