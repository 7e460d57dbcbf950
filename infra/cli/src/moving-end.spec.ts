import { describe, expect, it } from '@jest/globals';
import { MovingEnd } from './commands/views/moving-end.js';

describe('how far a rebuild is', () => {
  it('is held against the log as it grows meanwhile, and never more than the whole', async () => {
    let newest = 100n;
    const asked: bigint[] = [];
    const store = {
      newest: ({ after }: { readonly after: bigint }) => {
        asked.push(after);
        return Promise.resolve(newest > after ? newest : after);
      },
    };
    const end = new MovingEnd(store, ['thing'], 100n);
    expect(end.partAt(50n)).toBe(0.5);
    newest = 200n;
    await settled();
    expect(end.partAt(100n)).toBe(1);
    await settled();
    expect(end.partAt(100n)).toBe(0.5);
    expect(end.partAt(300n)).toBe(1);
    expect(asked).toEqual([100n, 100n, 200n]);
  });

  it('goes on by what was known where the log does not answer', async () => {
    const end = new MovingEnd({ newest: () => Promise.reject(new Error('away')) }, ['thing'], 10n);
    expect(end.partAt(5n)).toBe(0.5);
    await settled();
    expect(end.partAt(10n)).toBe(1);
  });
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
