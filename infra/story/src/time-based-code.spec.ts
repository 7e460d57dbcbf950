import { describe, expect, it } from '@jest/globals';
import { timeBasedCode } from './time-based-code.js';

// RFC 6238, appendix B, SHA-1; of its eight digits the last six.
const published: readonly [seconds: number, code: string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

describe('the code of a second factor', () => {
  it.each(published)('after %d seconds is that of the standard', (seconds, code) => {
    expect(timeBasedCode('12345678901234567890', seconds * 1000)).toBe(code);
  });

  it('changes every thirty seconds', () => {
    expect(timeBasedCode('12345678901234567890', 89_999)).not.toBe(timeBasedCode('12345678901234567890', 90_000));
    expect(timeBasedCode('12345678901234567890', 60_000)).toBe(timeBasedCode('12345678901234567890', 89_999));
  });
});
