import { describe, expect, it } from '@jest/globals';
import { oneAtATime } from './one-at-a-time.js';

describe('a question that many ask', () => {
  const ground = () => {
    const open: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
    const ask = oneAtATime(() => new Promise<string>((resolve, reject) => open.push({ resolve, reject })));
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return { open, ask, settle };
  };

  it('is asked again after they came, once for all of them', async () => {
    const { open, ask, settle } = ground();
    const early = ask();
    await settle();
    const late = [ask(), ask(), ask()];
    await settle();
    expect(open).toHaveLength(1);
    open[0]?.resolve('as it was');
    expect(await early).toBe('as it was');
    await settle();
    expect(open).toHaveLength(2);
    open[1]?.resolve('as it is');
    expect(await Promise.all(late)).toEqual(['as it is', 'as it is', 'as it is']);
  });

  it('is asked again when the one before had no answer', async () => {
    const { open, ask, settle } = ground();
    const early = ask();
    await settle();
    const late = ask();
    open[0]?.reject(new Error('away'));
    await expect(early).rejects.toThrow('away');
    await settle();
    open[1]?.resolve('back');
    expect(await late).toBe('back');
  });
});
