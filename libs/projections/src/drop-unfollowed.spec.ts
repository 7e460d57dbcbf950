import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { beginGeneration } from './create-generation.js';
import { buildView } from './build-view.js';
import { withBuildersLock } from './builders-lock.js';
import { dropUnfollowed } from './drop-unfollowed.js';
import { generationsOf } from './generation.js';
import { placeView } from './place-view.js';
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
});
