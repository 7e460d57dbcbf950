import { describe, expect, it } from '@jest/globals';
import { Gathered } from './gathered.js';

describe('questions that are gathered', () => {
  const asked: number[][] = [];
  const doubled = new Gathered<number, number>(async (questions) => {
    asked.push([...questions]);
    await new Promise((resolve) => setImmediate(resolve));
    if (questions.includes(13)) throw new Error('unlucky');
    return questions.map((question) => question * 2);
  }, 3);

  it('are asked at once when nothing is under way, and together otherwise, a bounded number at a time', async () => {
    const answers = [1, 2, 3, 4, 5].map((question) => doubled.answer(question));
    expect(await Promise.all(answers)).toEqual([2, 4, 6, 8, 10]);
    expect(asked).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('share a failure, and the next ones are asked all the same', async () => {
    const alone = doubled.answer(6);
    const unlucky = [13, 7].map((question) => doubled.answer(question));
    const ends = await Promise.allSettled([alone, ...unlucky]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await doubled.answer(8)).toBe(16);
  });
});
