import type { Family } from './family.js';

// People compare the totals with published figures, so a total is worth many inner cells. Month and quarter tables of
// single places are what gives way first.
const periodWeights = [1, 8, 40];
const placeWeights = [1, 15, 60];
const wholeWeight = 4;

/** What it costs to leave a cell out: more for totals, for the whole than for its codes, and for large counts. */
export function priceOf(family: Family): (cell: number) => number {
  const wholes = new Set(family.covers.map(({ whole }) => whole));
  const { time, geography } = family;
  const perPlace = geography.keys.length;
  return (cell) => {
    const place = geography.heights[cell % perPlace] ?? 0;
    const period = time.heights[Math.floor(cell / perPlace) % time.keys.length] ?? 0;
    const whole = wholes.has(family.measures[family.measureOf(cell)] ?? '') ? wholeWeight : 1;
    const size = 1 + Math.log2(1 + (family.values[cell] ?? 0)) / 4;
    return weightAt(periodWeights, period) * weightAt(placeWeights, place) * whole * size;
  };
}

function weightAt(weights: readonly number[], height: number): number {
  return weights[Math.min(height, weights.length - 1)] ?? 1;
}
