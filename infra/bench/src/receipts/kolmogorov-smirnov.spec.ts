import { describe, expect, it } from '@jest/globals';
import { apartness } from './kolmogorov-smirnov.js';

const upTo = (count: number, value: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => value(index));

describe('whether two samples of times can be told apart', () => {
  it('is 0 for the same sample twice', () => {
    expect(apartness([3, 1, 2], [1, 2, 3])).toBe(0);
  });

  it('follows the greatest distance of the two distributions', () => {
    // Of the second, 40 of 100 lie below all of the first: a distance of 0.4.
    const first = upTo(100, (index) => 1_000 + index);
    const second = upTo(100, (index) => (index < 40 ? index : 1_000 + index));
    expect(apartness(first, second)).toBeCloseTo(0.4 / (1.628 * Math.sqrt(2 / 100)), 10);
  });

  it('is far above 1 when one of two is a little slower each time', () => {
    const times = upTo(2_000, (index) => 40 + (index % 100) / 20);
    expect(
      apartness(
        times,
        times.map((time) => time + 0.5),
      ),
    ).toBeGreaterThan(1);
  });

  it('stays below 1 when one of two is drawn from the other', () => {
    const times = upTo(2_000, (index) => 40 + ((index * 7919) % 1_000) / 100);
    const [even, odd] = [0, 1].map((rest) => times.filter((_, index) => index % 2 === rest)) as [number[], number[]];
    expect(apartness(even, odd)).toBeLessThan(1);
  });
});
