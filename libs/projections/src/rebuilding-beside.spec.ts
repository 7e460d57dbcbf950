import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { eventually } from '@waymark/testing';
import { buildView } from './build-view.js';
import { BeingBuilt, withBuildersLock } from './builders-lock.js';
import { digestOf } from './digest.js';
import { findGeneration, type GenerationState, generationsOf, schemaOf } from './generation.js';
import { CannotPlace, NothingToPlace, placeView } from './place-view.js';
import type { Projection } from './projection.js';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

describe('rebuilding a view beside the live one', () => {
  let ground: WordsGround;
  let view: Projection;
  let pool: DataSource;

  beforeEach(async () => {
    ground = await openWordsGround();
    view = wordsView('words');
    pool = await ground.connect(view);
  });
  afterEach(() => ground?.close());

  const generation = (state: GenerationState) => findGeneration(pool, view, state);
  const digest = async (state: GenerationState) => {
    const found = await generation(state);
    return found && digestOf(pool, found);
  };
  /** What a reader of this release finds, whatever lies where. */
  const shown = () => pool.query<{ word: string }[]>('SELECT * FROM words ORDER BY last');
  const live = async (position: bigint) => {
    const running = ground.run(view, pool);
    expect(await running.waitFor(position, 20_000)).toBe(true);
    return running;
  };

  it('leaves the live one alone, folds the same into other tables, and shows them once it is switched to', async () => {
    const words = Array.from({ length: 50 }, (_, index) => `word ${index % 7}`);
    const running = await live(await ground.say(...words));
    await pool.query(`UPDATE words SET times = 99 WHERE word = 'word 1'`);
    const spoilt = await digest('live');
    const built = await buildView(ground.build(view, pool, { batchSize: 8 }));
    expect(built).toMatchObject({ state: 'building', position: running.status().position });
    expect(await digest('live')).toBe(spoilt);
    expect(await digest('building')).not.toBe(spoilt);
    await placeView(ground.build(view, pool), 'building');
    expect((await shown()).filter(({ word }) => word === 'word 1')).toMatchObject([{ times: 7 }]);
    expect(await digest('kept')).toBe(spoilt);
    const position = await ground.say('word 1');
    expect(await running.waitFor(position, 20_000)).toBe(true);
    expect((await shown()).at(-1)).toEqual({ word: 'word 1', times: 8, last: String(position) });
    expect(await digest('kept')).toBe(spoilt);
  });

  it('leaves its tables as readers need them: with the statistics that queries are planned by, and nothing put off', async () => {
    await live(await ground.say('one', 'two', 'three'));
    const built = await buildView(ground.build(view, pool));
    const known = `SELECT reltuples::integer AS rows FROM pg_class WHERE oid = '"${schemaOf(built)}".words'::regclass`;
    expect(await pool.query<unknown>(known)).toEqual([{ rows: 3 }]);
  });

  it('goes on where it was when it dies on the way, and counts nothing twice', async () => {
    await live(await ground.say(...Array.from({ length: 60 }, (_, index) => `word ${index % 7}`)));
    const after = (await generation('live'))?.position ?? 0n;
    const dying = buildView(
      ground.build(view, pool, {
        batchSize: 10,
        onProgress: () => {
          throw new Error('killed');
        },
      }),
    );
    await expect(dying).rejects.toThrow('killed');
    const left = await generation('building');
    expect(left?.position).toBeGreaterThan(0n);
    expect(left?.position).toBeLessThan(after);
    const folded: number[] = [];
    const built = await buildView(
      ground.build(view, pool, { batchSize: 10, onProgress: (_position, events) => folded.push(events) }),
    );
    expect(built.id).toBe(left?.id);
    expect(built.position).toBe(after);
    expect(await digest('building')).toBe(await digest('live'));
  });

  it('is nobody elses business while somebody is at it', async () => {
    await live(await ground.say('one'));
    await withBuildersLock(pool, view, async () => {
      await expect(withBuildersLock(pool, view, async () => 'both')).rejects.toThrow(BeingBuilt);
    });
    expect(await withBuildersLock(pool, view, async () => 'after')).toBe('after');
  });

  it('goes no faster than it is told', async () => {
    await live(await ground.say(...Array.from({ length: 40 }, (_, index) => `word ${index}`)));
    const begun = performance.now();
    await buildView(ground.build(view, pool, { batchSize: 10, eventsPerSecond: 100 }));
    expect(performance.now() - begun).toBeGreaterThan(290);
  });

  it('stops at an event that it cannot apply, says where and why, and the live one goes on', async () => {
    const running = await live(await ground.say('one', 'two', 'three'));
    const bad = await ground.say('bad');
    const last = await ground.say('four');
    const strict = wordsView(view.name, {
      applyAll: async (events, manager) => {
        if (events.some(({ data }) => Object(data).word === 'bad')) throw new Error('not this "secret" word');
        await view.applyAll?.(events, manager);
      },
      apply: async (event, manager) => {
        if (Object(event.data).word === 'bad') throw new Error('not this "secret" word');
        await view.apply(event, manager);
      },
    });
    await expect(buildView(ground.build(strict, pool))).rejects.toMatchObject({ position: bad });
    expect(await generation('building')).toMatchObject({ stoppedAt: bad, stoppedBecause: 'not this "…" word' });
    expect(await ground.rows(view, pool, 'building')).not.toContainEqual(expect.objectContaining({ word: 'four' }));
    expect(await running.waitFor(last, 20_000)).toBe(true);
    expect(running.status().stoppedBecause).toBeUndefined();
    await buildView(ground.build(view, pool));
    expect(await digest('building')).toBe(await digest('live'));
    expect((await generation('building'))?.stoppedAt).toBeUndefined();
  });

  it('goes back to the one that was kept, which first catches up from where it was left', async () => {
    await live(await ground.say('one', 'two'));
    const first = await generation('live');
    await buildView(ground.build(view, pool));
    await placeView(ground.build(view, pool), 'building');
    const [, running] = [await ground.say('three'), ground.run(view, pool)];
    expect(await running.waitFor(await ground.say('one'), 20_000)).toBe(true);
    expect((await generation('kept'))?.position).toBeLessThan(running.status().position);
    const before = await shown();
    await placeView(ground.build(view, pool), 'kept');
    expect(await generation('live')).toMatchObject({ id: first?.id, position: running.status().position });
    expect(await shown()).toEqual(before);
    expect(await digest('live')).toBe(await digest('kept'));
  });

  it('keeps one for going back, and none more', async () => {
    await live(await ground.say('one'));
    for (let round = 0; round < 3; round += 1) {
      await buildView(ground.build(view, pool));
      await placeView(ground.build(view, pool), 'building');
    }
    expect((await generationsOf(pool, view.name)).map(({ state }) => state).sort()).toEqual(['kept', 'live']);
    await expect(placeView(ground.build(view, pool), 'building')).rejects.toThrow(NothingToPlace);
  });

  it('waits for a transaction that reads, lets others read meanwhile, and gives up when patience is over', async () => {
    await live(await ground.say('one', 'two'));
    await buildView(ground.build(view, pool));
    const reader = pool.createQueryRunner();
    await reader.startTransaction();
    await reader.query('SELECT * FROM words');
    const giving = placeView({ ...ground.build(view, pool), patienceMs: 500 }, 'building');
    const answers = Promise.all(Array.from({ length: 5 }, () => shown()));
    await expect(giving).rejects.toThrow(CannotPlace);
    expect((await answers).map((rows) => rows.length)).toEqual([2, 2, 2, 2, 2]);
    const placing = placeView(ground.build(view, pool), 'building');
    await reader.commitTransaction();
    await reader.release();
    expect(await placing).toMatchObject({ state: 'live' });
  });

  it('is put in place only when it shows what the live one shows', async () => {
    const running = await live(await ground.say('one', 'two'));
    await buildView(ground.build(view, pool));
    // As if the log had been restored to an earlier moment.
    await running.stop();
    await pool.query(`UPDATE view_generations SET position = position + 100 WHERE state = 'live' AND view = $1`, [
      view.name,
    ]);
    const impatient = { ...ground.build(view, pool), patienceMs: 300 };
    await expect(placeView(impatient, 'building')).rejects.toThrow(CannotPlace);
    expect(await placeView({ ...impatient, alsoOlder: true }, 'building')).toMatchObject({ state: 'live' });
  });

  it('is seen by nobody who reads and writes all the while: no failure, nothing older than before, nothing lost', async () => {
    await ground.say(...Array.from({ length: 30 }, (_, index) => `word ${index}`));
    const followers = [ground.run(view, pool, { batchSize: 3 }), ground.run(view, pool, { batchSize: 7 })];
    await Promise.all(followers.map(({ serving }) => serving));
    let over = false;
    let said = 30;
    const faults: unknown[] = [];
    const until = async (work: () => Promise<void>): Promise<void> => {
      while (!over && faults.length < 5) await work();
    };
    const writing = until(async () => {
      await ground.say(...Array.from({ length: 3 }, () => `word ${(said += 1) % 500}`));
      await pause(5);
    });
    let reads = 0;
    const reading = Array.from({ length: 6 }, async () => {
      let [position, times] = [0n, 0];
      await until(async () => {
        const [row] = await pool
          .query<{ position: string; last: string; times: string }[]>(
            `SELECT (SELECT position FROM view_generations WHERE view = $1 AND state = 'live') AS position,
                    coalesce(max(last), 0) AS last, coalesce(sum(times), 0) AS times FROM words`,
            [view.name],
          )
          .catch((error: unknown) => [void faults.push(error)].slice(1) as []);
        if (!row) return;
        reads += 1;
        if (BigInt(row.position) < position || Number(row.times) < times || BigInt(row.position) < BigInt(row.last))
          faults.push([position, times, row]);
        [position, times] = [BigInt(row.position), Number(row.times)];
      });
    });
    try {
      for (let round = 0; round < 12; round += 1) {
        if (round % 3 !== 2) await buildView(ground.build(view, pool, { batchSize: 50 }));
        await placeView(ground.build(view, pool), round % 3 === 2 ? 'kept' : 'building');
      }
    } finally {
      over = true;
      await Promise.all([writing, ...reading]);
    }
    expect(faults).toEqual([]);
    expect(reads).toBeGreaterThan(50);
    const position = await ground.say('last');
    for (const follower of followers) expect(await follower.waitFor(position, 20_000)).toBe(true);
    await buildView(ground.build(view, pool));
    await eventually(async () => expect(await digest('building')).toBe(await digest('live')));
  }, 120_000);
});
