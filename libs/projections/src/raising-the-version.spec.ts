import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { eventually } from '@waymark/testing';
import { findGeneration, generationsOf } from './generation.js';
import type { OpenedEvent } from './opened-event.js';
import type { Projection } from './projection.js';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

describe('a view whose version is raised', () => {
  let ground: WordsGround;
  let letThrough: () => void;
  let gate: Promise<void>;
  let opened: bigint[];
  beforeEach(async () => {
    ground = await openWordsGround();
    gate = new Promise((resolve) => (letThrough = resolve));
    opened = [];
  });
  afterEach(async () => {
    letThrough();
    await ground?.close();
  });

  const before = wordsView('words');
  /** Counts every word twice, after the gate has been opened. */
  const after = wordsView('words', {
    version: 2,
    applyAll: async (events, manager) => {
      await gate;
      const twice = events.flatMap((event) => [event, event]);
      await before.applyAll?.(twice, manager);
    },
    apply: async (event, manager) => {
      await gate;
      await before.applyAll?.([event, event], manager);
    },
  });
  const open = async (event: Omit<OpenedEvent, 'erased'>): Promise<OpenedEvent> => {
    opened.push(event.position);
    return { ...event, erased: [] };
  };
  const timesOf = async (pool: DataSource, word: string): Promise<number | undefined> =>
    (await pool.query<{ times: number }[]>('SELECT times FROM words WHERE word = $1', [word]))[0]?.times;
  const liveOf = (pool: DataSource, projection: Projection) => findGeneration(pool, projection, 'live');

  it('is served by the version before, which goes on, while it is built; then it is switched to by itself', async () => {
    const [oldPool, newPool] = [await ground.connect(before), await ground.connect(after)];
    const old = ground.run(before, oldPool);
    expect(await old.waitFor(await ground.say('one', 'two'), 20_000)).toBe(true);
    const raised = ground.run(after, newPool, { batchSize: 1 });
    await raised.serving;
    expect(await timesOf(newPool, 'one')).toBe(1);
    const position = await ground.say('one');
    expect(await raised.waitFor(position, 20_000)).toBe(true);
    expect(await timesOf(newPool, 'one')).toBe(2);
    expect(raised.status()).toMatchObject({ catchingUp: true });
    expect(await liveOf(newPool, after)).toBeUndefined();

    letThrough();
    await eventually(async () => expect(await timesOf(newPool, 'one')).toBe(4));
    expect(await timesOf(oldPool, 'one')).toBe(2);
    const last = await ground.say('two');
    for (const each of [old, raised]) expect(await each.waitFor(last, 20_000)).toBe(true);
    expect([await timesOf(oldPool, 'two'), await timesOf(newPool, 'two')]).toEqual([2, 4]);
    await eventually(() => expect(raised.status()).toEqual({ name: 'words', position: last, lagSeconds: 0 }));
  });

  it('shows nobody an older position when it takes over', async () => {
    const [oldPool, newPool] = [await ground.connect(before), await ground.connect(after)];
    const old = ground.run(before, oldPool, { batchSize: 2 });
    await old.waitFor(await ground.say('one', 'two'), 20_000);
    letThrough();
    const raised = ground.run(after, newPool, { batchSize: 1 });
    await raised.serving;
    let [seen, reads] = [0n, 0];
    for (let round = 0; round < 60; round += 1) {
      await ground.say(`word ${round}`);
      const [row] = await newPool.query<{ last: string }[]>('SELECT coalesce(max(last), 0) AS last FROM words');
      expect(BigInt(row?.last ?? -1)).toBeGreaterThanOrEqual(seen);
      seen = BigInt(row?.last ?? 0);
      reads += 1;
    }
    expect(reads).toBe(60);
    expect(await raised.waitFor(await ground.say('end'), 20_000)).toBe(true);
    expect(await timesOf(newPool, 'end')).toBe(2);
  });

  it('is built once by two instances that start at once', async () => {
    const oldPool = await ground.connect(before);
    const words = Array.from({ length: 40 }, (_, index) => `word ${index}`);
    const old = ground.run(before, oldPool);
    const position = await ground.say(...words);
    expect(await old.waitFor(position, 20_000)).toBe(true);
    const pools = [await ground.connect(after), await ground.connect(after)];
    const both = pools.map((pool) => ground.run(after, pool, { batchSize: 5, open }));
    letThrough();
    for (const each of both) expect(await each.waitFor(position, 20_000)).toBe(true);
    for (const pool of pools) await eventually(async () => expect(await timesOf(pool, 'word 7')).toBe(2));
    expect(opened).toHaveLength(words.length);
    expect(new Set(opened).size).toBe(words.length);
  });

  it('is built further by another instance when the one that was at it goes away', async () => {
    const oldPool = await ground.connect(before);
    const words = Array.from({ length: 40 }, (_, index) => `word ${index}`);
    const position = await ground.say(...words);
    const old = ground.run(before, oldPool);
    expect(await old.waitFor(position, 20_000)).toBe(true);
    const [first, second] = [await ground.connect(after), await ground.connect(after)];
    let folded = 0;
    const halfway = wordsView('words', {
      version: 2,
      applyAll: async (events, manager) => {
        if (folded >= 20) await first.destroy();
        folded += events.length;
        await before.applyAll?.(
          events.flatMap((event) => [event, event]),
          manager,
        );
      },
    });
    const dying = ground.run(halfway, first, { batchSize: 5 });
    await eventually(() => expect(first.isInitialized).toBe(false));
    letThrough();
    const going = ground.run(after, second, { batchSize: 5, open });
    expect(await going.waitFor(position, 20_000)).toBe(true);
    await eventually(async () => expect(await timesOf(second, 'word 39')).toBe(2));
    expect(opened.length).toBeLessThanOrEqual(20);
    expect(await timesOf(second, 'word 0')).toBe(2);
    await dying.stop();
  });

  it('waits for its own tables where those of before lack what its queries look for', async () => {
    const oldPool = await ground.connect(before);
    const old = ground.run(before, oldPool);
    const position = await ground.say('one');
    expect(await old.waitFor(position, 20_000)).toBe(true);
    const wider = { ...after, tables: `${after.tables}; ALTER TABLE words ADD COLUMN longest integer` };
    const pool = await ground.connect(wider);
    const raised = ground.run(wider, pool);
    const serving = raised.serving.then(() => 'serving');
    expect(await raised.waitFor(position, 700)).toBe(false);
    expect(await Promise.race([serving, Promise.resolve('not yet')])).toBe('not yet');
    letThrough();
    expect(await serving).toBe('serving');
    expect(await pool.query('SELECT word, longest FROM words')).toEqual([{ word: 'one', longest: null }]);
  });

  it('can be gone back from: the release before finds its tables, and catches up from its own checkpoint', async () => {
    letThrough();
    const oldPool = await ground.connect(before);
    const old = ground.run(before, oldPool);
    expect(await old.waitFor(await ground.say('one'), 20_000)).toBe(true);
    await old.stop();
    const newPool = await ground.connect(after);
    const raised = ground.run(after, newPool);
    const position = await ground.say('one', 'two');
    expect(await raised.waitFor(position, 20_000)).toBe(true);
    await raised.stop();
    const again = ground.run(before, oldPool, { open });
    expect(await again.waitFor(position, 20_000)).toBe(true);
    expect([await timesOf(oldPool, 'one'), await timesOf(oldPool, 'two')]).toEqual([2, 1]);
    expect(opened).toHaveLength(2);
  });

  it('is founded once by two instances that find nothing', async () => {
    const pools = [await ground.connect(before), await ground.connect(before)];
    const both = pools.map((pool) => ground.run(before, pool));
    const position = await ground.say('one');
    for (const each of both) expect(await each.waitFor(position, 20_000)).toBe(true);
    expect(await generationsOf(pools[0]!, 'words')).toMatchObject([{ version: 1, state: 'live' }]);
    expect(await timesOf(pools[1]!, 'one')).toBe(1);
  });
});
