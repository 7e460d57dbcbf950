import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { beginGeneration } from './create-generation.js';
import { buildView } from './build-view.js';
import { withBuildersLock } from './builders-lock.js';
import { dropUndeclared, dropUnfollowed } from './drop-unfollowed.js';
import { generationsOf } from './generation.js';
import { placeView } from './place-view.js';
import type { Projection } from './projection.js';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

describe('generations that tell what the live one has forgotten', () => {
  let ground: WordsGround;
  let pool: DataSource;
  beforeEach(async () => {
    ground = await openWordsGround();
    pool = await ground.connect(first, second);
  });
  afterEach(() => ground?.close());

  const first = wordsView('words');
  const second = wordsView('words', { version: 2 });
  const drop = (projection = first, patienceMs = 1_000): Promise<boolean> =>
    dropUnfollowed({ dataSource: pool, store: ground.store, projection, patienceMs });
  const states = async (): Promise<readonly string[]> =>
    (await generationsOf(pool, 'words')).map(({ version, state }) => `${version} ${state}`);
  const follow = async (projection = first) => {
    const following = ground.run(projection, pool);
    expect(await following.waitFor(await ground.say('one'), 20_000)).toBe(true);
    return following;
  };
  const switchTo = async (projection = first): Promise<void> => {
    await buildView(ground.build(projection, pool));
    await placeView(ground.build(projection, pool), 'building');
  };

  it('are dropped although the view is being built just then', async () => {
    await follow();
    await switchTo();
    expect(await states()).toEqual(['1 kept', '1 live']);
    await withBuildersLock(pool, first, async () => {
      await beginGeneration(pool, first);
      expect(await drop()).toBe(true);
    });
    expect(await states()).toEqual(['1 live', '1 building']);
  });

  it('are dropped when they are half built and nobody goes on', async () => {
    await follow();
    await beginGeneration(pool, first);
    expect(await drop()).toBe(true);
    expect(await states()).toEqual(['1 live']);
  });

  it('are not dropped before the live one shows the end of the log, so that no switch keeps one that does not', async () => {
    const following = await follow();
    await switchTo();
    await following.stop();
    await ground.say('two');
    expect(await drop()).toBe(false);
    expect(await states()).toEqual(['1 kept', '1 live']);
    const again = drop(first, 20_000);
    ground.run(first, pool);
    expect(await again).toBe(true);
    expect(await states()).toEqual(['1 live']);
  });

  it('are dropped when they are of a version that nobody folds any more', async () => {
    await (await follow()).stop();
    await follow(second);
    expect(await states()).toEqual(['2 live', '1 live']);
    expect(await drop(second)).toBe(true);
    expect(await states()).toEqual(['2 live']);
  });

  it('are not dropped as long as an instance of the release before folds them', async () => {
    const before = await follow();
    await follow(second);
    await eventually(async () => expect(await states()).toContain('2 live'));
    expect(await before.waitFor(await ground.say('two'), 20_000)).toBe(true);
    expect(await drop(second, 5_000)).toBe(true);
    expect(await states()).toEqual(['2 live', '1 live']);
  });

  it('of the version before are waited for while they stand in for one that is not in place', async () => {
    await (await follow()).stop();
    await ground.say('two');
    await beginGeneration(pool, second);
    expect(await drop(second)).toBe(false);
    expect(await states()).toEqual(['2 building', '1 live']);
    await switchTo(second);
    expect(await drop(second)).toBe(true);
    expect(await states()).toEqual(['2 live']);
  });

  describe('and are of a view that this release does not know', () => {
    const known = wordsView('notes');
    const dropOthers = (patienceMs = 1_000, of: readonly Projection[] = [known]): Promise<boolean> =>
      dropUndeclared({ dataSource: pool, store: ground.store, projections: of, patienceMs });

    it('are dropped with what is kept when nobody folds them any more, and those of known views stay', async () => {
      const following = await follow();
      await switchTo();
      await following.stop();
      await ground.say('two');
      expect(await dropOthers(1_000, [first])).toBe(true);
      expect(await states()).toEqual(['1 kept', '1 live']);
      expect(await dropOthers()).toBe(true);
      expect(await states()).toEqual([]);
    });

    it('are dropped also where no release has noted what they are folded from', async () => {
      await (await follow()).stop();
      await pool.query('UPDATE view_generations SET categories = NULL');
      await ground.say('two');
      expect(await dropOthers()).toBe(true);
      expect(await states()).toEqual([]);
    });

    it('are dropped where the service may not read any more what they were folded from', async () => {
      await (await follow()).stop();
      await pool.query(`UPDATE view_generations SET categories = '{gone}'`);
      expect(await dropOthers()).toBe(true);
      expect(await states()).toEqual([]);
    });

    it('stay as long as an instance of another release folds them', async () => {
      const newer = await follow();
      expect(await newer.waitFor(await ground.say('two'), 20_000)).toBe(true);
      expect(await dropOthers(5_000)).toBe(true);
      expect(await states()).toEqual(['1 live']);
    });

    it('stay, and are waited for, while an instance of another release fills them', async () => {
      await (await follow()).stop();
      for (let count = 0; count < 3; count += 1) await ground.say('two', 'three', 'four');
      const position = async (to: number) => pool.query('UPDATE view_generations SET position = $1', [to]);
      await position(0);
      const dropping = dropOthers();
      await pause(500);
      await position(1);
      expect(await dropping).toBe(false);
      expect(await states()).toEqual(['1 live']);
    });
  });
});
