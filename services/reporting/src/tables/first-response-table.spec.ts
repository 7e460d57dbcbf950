import { describe, expect, it } from '@jest/globals';
import type { ResponseBand } from '@waymark/contracts';
import { type Answer, medianBand, shareWithin24Hours } from './first-response-table.js';

const shareOf = (cells: Partial<Record<Answer | 'contacts', number>>) => shareWithin24Hours((answer) => cells[answer]);
const medianOf = (answered: number | undefined, cells: Partial<Record<ResponseBand, number>>) =>
  medianBand(answered, (band) => cells[band]);

describe('the share answered within 24 hours', () => {
  it('is among those of which it can be said, the unanswered included', () => {
    expect(shareOf({ within_24_hours: 60, late: 20, unanswered: 20, imprecise: 50, contacts: 150 })).toBe(0.6);
  });

  it('follows from what is shown, or is not shown either', () => {
    expect(shareOf({ within_24_hours: 60, imprecise: 50, contacts: 150 })).toBe(0.6);
    expect(shareOf({ within_24_hours: 60, late: 20, unanswered: 20 })).toBe(0.6);
    expect(shareOf({ within_24_hours: 60, late: 20, contacts: 150 })).toBeUndefined();
    expect(shareOf({ within_24_hours: 60, unanswered: 20, imprecise: 50 })).toBeUndefined();
    expect(shareOf({ late: 20, unanswered: 20, imprecise: 50, contacts: 150 })).toBeUndefined();
  });
});

describe('the band of the median', () => {
  const bands = { within_1_hour: 10, within_4_hours: 10, within_24_hours: 10, within_72_hours: 5, after_72_hours: 5 };

  it('is the one that the half falls into', () => {
    expect(medianOf(40, bands)).toBe('within_4_hours');
    expect(medianOf(10, { within_1_hour: 0, within_4_hours: 0, within_24_hours: 10 })).toBe('within_24_hours');
  });

  it('is told where the bands shown on one side of it are enough', () => {
    const { within_72_hours: _one, after_72_hours: _other, ...below } = bands;
    expect(medianOf(40, below)).toBe('within_4_hours');
    const { within_1_hour: _first, ...above } = bands;
    expect(medianOf(40, { ...above, within_4_hours: 15, within_24_hours: 15 })).toBe('within_24_hours');
  });

  it('is not told where a hidden band could move it, nor of nobody', () => {
    const { within_1_hour: _one, after_72_hours: _other, ...middle } = bands;
    expect(medianOf(40, middle)).toBeUndefined();
    expect(medianOf(undefined, bands)).toBeUndefined();
    expect(medianOf(0, {})).toBeUndefined();
  });
});
