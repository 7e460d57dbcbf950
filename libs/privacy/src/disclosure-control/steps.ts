import type { Family } from './family.js';

/**
 * Which measures are protected together, in turn. One measure at a time would do if measures told nothing about each
 * other; as a code never counts more than the whole, the whole and its largest code, without which the whole can hardly
 * be anything else, come first and then along with each other code. The last step takes whatever is left.
 */
export function stepsFor(family: Family): readonly (readonly number[])[] {
  const { measures, covers } = family;
  const covered = new Set(covers.flatMap(({ whole, parts }) => [whole, ...parts]));
  const alone = [...measures.keys()].filter((measure) => !covered.has(measures[measure] ?? '')).map((each) => [each]);
  if (covers.length === 0) return alone;

  const steps = covers.flatMap(({ whole, parts }) => {
    const [largest, ...others] = parts
      .map((part) => measures.indexOf(part))
      .toSorted((a, b) => contactsIn(family, b) - contactsIn(family, a) || a - b);
    const core = [measures.indexOf(whole), ...(largest === undefined ? [] : [largest])];
    return [core, ...others.map((code) => [...core, code])];
  });
  return [...alone, ...steps, [...measures.keys()]];
}

function contactsIn(family: Family, measure: number): number {
  return family.values.reduce((sum, value, cell) => (family.measureOf(cell) === measure ? sum + value : sum), 0);
}
