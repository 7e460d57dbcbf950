import { describe, expect, it } from '@jest/globals';
import { Lane, LaneFullError } from './lane.js';

/** A task that ends when told to. */
function task() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { run: () => ended, end };
}

/** Resolves when all that could go on has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('runs as many as it is wide, and the others in the order they came', async () => {
    const lane = new Lane('submit', 2, 10);
    const begun: string[] = [];
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...task() }));
    const done = tasks.map(({ name, run }) =>
      lane.run('here', () => {
        begun.push(name);
        return run();
      }),
    );
    await settled();
    expect(begun).toEqual(['a', 'b']);
    tasks[1]!.end();
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const { end } of tasks) end();
    await Promise.all(done);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives its place on when a task fails', async () => {
    const lane = new Lane('submit', 1, 10);
    const failed = lane.run('here', () => Promise.reject(new Error('no memory')));
    const next = lane.run('here', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('no memory');
    expect(await next).toBe('done');
  });

  describe('with several sources', () => {
    /** Occupies the only place of a lane, so that all that comes next waits. */
    const occupied = (maximumWaiting: number) => {
      const lane = new Lane('shown', 1, maximumWaiting);
      const first = task();
      const running = lane.run('first', first.run);
      const begun: string[] = [];
      const wait = (source: string, name: string) => lane.run(source, async () => void begun.push(name));
      return { begun, wait, end: () => (first.end(), running) };
    };

    it('gives each its turn, so that nobody waits for the whole crowd of another', async () => {
      const { begun, wait, end } = occupied(100);
      const crowd = ['a1', 'a2', 'a3', 'a4'].map((name) => wait('a', name));
      const others = [wait('b', 'b1'), wait('c', 'c1'), wait('b', 'b2')];
      await end();
      await Promise.all([...crowd, ...others]);
      expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    });

    it('refuses the last in the longest line when too many wait', async () => {
      const { begun, wait, end } = occupied(3);
      const crowd = ['a1', 'a2', 'a3', 'a4'].map((name) => wait('a', name).catch((error: unknown) => error));
      const other = wait('b', 'b1');
      const another = wait('c', 'c1');
      const tooLate = wait('d', 'd1').catch((error: unknown) => error);
      await end();
      await Promise.all([other, another]);
      const refused = expect.any(LaneFullError);
      expect(await Promise.all([...crowd, tooLate])).toEqual([undefined, refused, refused, refused, refused]);
      expect(begun).toEqual(['a1', 'b1', 'c1']);
    });
  });
});
