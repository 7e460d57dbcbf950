import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('tries until there is an answer, and returns it', async () => {
    const answers = [false, null, 0, 'here'];
    expect(await eventually(() => answers.shift(), { everyMs: 1 })).toBe('here');
  });

  it('takes expectations alone as a check', async () => {
    let tries = 0;
    await eventually(() => expect(++tries).toBe(3), { everyMs: 1 });
    expect(tries).toBe(3);
  });

  it('throws the last failure when the time is up', async () => {
    const check = (): never => {
      throw new RangeError('not yet');
    };
    await expect(eventually(check, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow(RangeError);
  });
});
