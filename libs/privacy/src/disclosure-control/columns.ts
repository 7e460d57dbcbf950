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

/** How far a cell may differ from its true value. */
export interface Room {
  readonly up: number;
  readonly down: number;
}

export function openBounds(family: Family, cell: number, room: Room): Bounds {
  const step = firstStep(family, cell);
  return { lower: [0, 0, 0], upper: [Math.min(step, room.up), Math.max(0, room.up - step), room.down] };
}

/** The ways to meet a demand, the likelier first. */
export function boundsFor(family: Family, { cell, kind }: Demand, room: Room): readonly Bounds[] {
  const step = firstStep(family, cell);
  const underThreshold = family.threshold - 1 - valueOf(family, cell);
  const up: Bounds = { lower: [1, 0, 0], upper: [step, Infinity, 0] };
  const down: Bounds = { lower: [0, 0, 1], upper: [0, 0, Infinity] };
  const ways: Record<Demand['kind'], readonly Bounds[]> = {
    varies: [down, up],
    varies_under_threshold: [{ lower: [1, 0, 0], upper: [underThreshold, 0, 0] }, down],
    reaches_threshold: [{ lower: [step, 0, 0], upper: [step, Infinity, 0] }],
  };
  const open = openBounds(family, cell, room);
  return ways[kind]
    .map((way) => narrowed(way, open))
    .filter(({ lower, upper }) => lower.every((low, i) => low <= (upper[i] ?? 0)));
}

function narrowed({ lower, upper }: Bounds, { upper: limit }: Bounds): Bounds {
  return {
    lower,
    upper: [Math.min(upper[0], limit[0]), Math.min(upper[1], limit[1]), Math.min(upper[2], limit[2])],
  };
}

function firstStep(family: Family, cell: number): number {
  return Math.max(1, family.threshold - valueOf(family, cell));
}

function valueOf(family: Family, cell: number): number {
  return family.values[cell] ?? 0;
}
