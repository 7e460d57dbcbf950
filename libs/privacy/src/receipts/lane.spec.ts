import { describe, expect, it } from '@jest/globals';
import { Lane } from './lane.js';

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
      lane.run(() => {
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
    const failed = lane.run(() => Promise.reject(new Error('no memory')));
    const next = lane.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('no memory');
    expect(await next).toBe('done');
  });
});
