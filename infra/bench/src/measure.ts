import { medianOf, type Result, type SystemName, type Unit } from './report.js';

export interface Measurement {
  readonly name: string;
  readonly writers?: number;
  readonly unit: Unit;
  readonly logSize: number;
}

/** Runs of several systems, taken in turn, so that what else the machine does falls on all of them alike. */
export class Runs {
  readonly #values = new Map<SystemName, number[]>();

  constructor(private readonly measurement: Measurement) {}

  add(system: SystemName, value: number): void {
    const known = this.#values.get(system);
    if (known) known.push(value);
    else this.#values.set(system, [value]);
  }

  results(): readonly Result[] {
    return [...this.#values].map(([system, values]) => ({
      ...this.measurement,
      system,
      median: medianOf(values),
      min: Math.min(...values),
      max: Math.max(...values),
      runs: values.length,
    }));
  }
}

/** The median or another part of single times, such as 0.99 of them, as a figure. Milliseconds. */
export function timesOf(
  named: Pick<Result, 'name' | 'system' | 'logSize'>,
  values: readonly number[],
  part: number,
): Result {
  const sorted = [...values].sort((a, b) => a - b);
  const median = part === 0.5 ? medianOf(sorted) : (sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN);
  const [min = Number.NaN] = sorted;
  return { ...named, unit: 'ms', median, min, max: sorted.at(-1) ?? Number.NaN, runs: sorted.length };
}

/** Does `work` over and over in so many hands for so long; answers how often in a second. */
export async function rateOf(writers: number, milliseconds: number, work: () => Promise<number>): Promise<number> {
  let done = 0;
  const begun = performance.now();
  const until = begun + milliseconds;
  const hand = async (): Promise<void> => {
    while (performance.now() < until) {
      const more = await work();
      // Not in one expression: that would read the sum before the wait, and forget what others have added meanwhile.
      done += more;
    }
  };
  await Promise.all(Array.from({ length: writers }, hand));
  return (done * 1_000) / (performance.now() - begun);
}

/** `work` once; what it answers as the number of things done, in a second. */
export async function speedOf(work: () => Promise<number>): Promise<number> {
  const begun = performance.now();
  const done = await work();
  return (done * 1_000) / (performance.now() - begun);
}
