import { describe, expect, it } from '@jest/globals';
import { KeyCache } from './key-cache.js';

function counting() {
  let now = 0;
  const loads: string[] = [];
  const cache = (options = {}) =>
    new KeyCache<string>({ life: 1_000, now: () => now, ...options }, (value) => value !== 'missing');
  const load =
    (id: string, value = id) =>
    () => {
      loads.push(id);
      return Promise.resolve(value);
    };
  return { cache, load, loads, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('the cache of keys', () => {
  it('looks a key up once, also for those who ask at the same time', async () => {
    const { cache, load, loads } = counting();
    const keys = cache();
    await Promise.all([keys.get('a', load('a')), keys.get('a', load('a'))]);
    await keys.get('a', load('a'));
    expect(loads).toEqual(['a']);
  });

  it('looks again when the life of an entry is over, however often it was used', async () => {
    const { cache, load, loads, pass } = counting();
    const keys = cache();
    await keys.get('a', load('a'));
    pass(999);
    await keys.get('a', load('a'));
    expect(loads).toHaveLength(1);
    pass(1);
    await keys.get('a', load('a'));
    expect(loads).toHaveLength(2);
  });

  it('remembers no more entries than it may', async () => {
    const { cache, load, loads } = counting();
    const keys = cache({ maximumEntries: 2 });
    for (const id of ['a', 'b', 'c', 'b', 'c', 'a']) await keys.get(id, load(id));
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });

  it('remembers neither failures nor missing keys', async () => {
    const { cache, load, loads } = counting();
    const keys = cache();
    await expect(keys.get('a', () => Promise.reject(new Error('no connection')))).rejects.toThrow('no connection');
    expect(await keys.get('a', load('a', 'missing'))).toBe('missing');
    expect(await keys.get('a', load('a'))).toBe('a');
    expect(loads).toHaveLength(2);
  });

  it('forgets at once, also a look-up that is still under way', async () => {
    const { cache, load, loads } = counting();
    const keys = cache();
    const early = keys.get('a', load('a', 'key'));
    keys.forget('a');
    expect(await early).toBe('key');
    expect(await keys.get('a', load('a', 'destroyed'))).toBe('destroyed');
    expect(loads).toHaveLength(2);
  });

  it('cannot be told to remember for longer than 30 seconds', () => {
    expect(() => new KeyCache({ life: 30_001 }, () => true)).toThrow(RangeError);
  });
});
