import type { Family } from './family.js';

/**
 * What every table that an attacker thinks possible must fulfil, written for the differences from the true table:
 * lower <= sum of sign * difference <= upper.
 */
export interface Constraint {
  readonly cells: readonly number[];
  readonly signs: readonly number[];
  readonly lower: number;
  readonly upper: number;
}

/** Every node with children is their sum, along time and along geography; and what else is known to add up. */
export function additions(family: Family, measure: number): readonly Constraint[] {
  const { time, geography, cellAt } = family;
  const constraints: Constraint[] = [];
  const addUp = (total: number, parts: readonly number[]): void => {
    constraints.push({ cells: [total, ...parts], signs: [-1, ...parts.map(() => 1)], lower: 0, upper: 0 });
  };
  time.keys.forEach((_period, t) => {
    geography.keys.forEach((_place, g) => {
      const below = time.children[t] ?? [];
      const inside = geography.children[g] ?? [];
      if (below.length > 0) {
        addUp(
          cellAt(measure, t, g),
          below.map((child) => cellAt(measure, child, g)),
        );
      }
      if (inside.length > 0) {
        addUp(
          cellAt(measure, t, g),
          inside.map((child) => cellAt(measure, t, child)),
        );
      }
    });
  });
  for (const equation of family.equations) {
    const cells = equation.map(({ period, geography: place }) =>
      cellAt(measure, time.indexOf(period), geography.indexOf(place)),
    );
    const signs = equation.map(({ factor }) => factor);
    if (cells.reduce((sum, cell, i) => sum + (signs[i] ?? 0) * (family.values[cell] ?? 0), 0) !== 0)
      throw new RangeError('an equation does not hold for the counts');
    constraints.push({ cells, signs, lower: 0, upper: 0 });
  }
  return constraints;
}

/** What the measures tell about each other, for the leaves; for the nodes above it follows. */
export function coverings(family: Family): readonly Constraint[] {
  const { time, geography, values, cellAt } = family;
  const constraints: Constraint[] = [];
  const atMost = (smaller: readonly number[], greater: readonly number[]): void => {
    const cells = [...smaller, ...greater];
    const signs = [...smaller.map(() => 1), ...greater.map(() => -1)];
    const room = -cells.reduce((sum, cell, i) => sum + (signs[i] ?? 0) * (values[cell] ?? 0), 0);
    if (room < 0) throw new RangeError('the codes do not cover the whole as declared');
    constraints.push({ cells, signs, lower: -Infinity, upper: room });
  };
  for (const cover of family.covers) {
    const indexOf = (measure: string): number => {
      const index = family.measures.indexOf(measure);
      if (index < 0) throw new RangeError(`no measure "${measure}"`);
      return index;
    };
    const whole = indexOf(cover.whole);
    const parts = cover.parts.map(indexOf);
    time.heights.forEach((timeHeight, t) => {
      geography.heights.forEach((placeHeight, g) => {
        if (timeHeight > 0 || placeHeight > 0) return;
        const at = (measure: number): number => cellAt(measure, t, g);
        atMost([at(whole)], parts.map(at));
        for (const part of parts) atMost([at(part)], [at(whole)]);
      });
    });
  }
  return constraints;
}
