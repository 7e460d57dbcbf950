import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { buildView } from './build-view.js';
import { foldsOf } from './fold.js';
import { findGeneration } from './generation.js';
import { placeView } from './place-view.js';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

type Said = { readonly type: 'Noted' } | { readonly type: 'Whispered' };

describe('a view that folds one of the types of events of its category', () => {
  const view = wordsView('aloud', { folds: foldsOf<Said>()(['Noted'], ['Whispered']) });
  const opened: string[] = [];
  const open = async (event: RecordedEvent) => {
    opened.push(event.type);
    return { ...event, erased: [] };
  };
  let ground: WordsGround;
  let dataSource: DataSource;
  beforeAll(async () => {
    ground = await openWordsGround();
    dataSource = await ground.connect(view);
  });
  afterAll(() => ground?.close());
  const wordsIn = async (state: 'live' | 'building') =>
    (await ground.rows(view, dataSource, state)).map(({ word, times }) => [word, times]);
  const seenAtTheEnd = async (position: bigint) => {
    const running = ground.run(view, dataSource, { open, batchSize: 3 });
    expect(await running.waitFor(position, 10_000)).toBe(true);
    const stored = await eventually(async () => {
      const live = await findGeneration(dataSource, view, 'live');
      return live !== undefined && live.position >= position && live.position;
    });
    await running.stop();
    return stored;
  };

  it('passes over the others without opening them, live, in a rebuild and at the switch, and moves on', async () => {
    await ground.say('one');
    await ground.whisper('hush', 'one', 'hush', 'hush');
    await ground.say('two', 'one');
    const last = await ground.whisper('hush', 'two', 'two', 'hush', 'hush');
    expect(await seenAtTheEnd(last)).toBe(last);
    const expected = [
      ['two', 1],
      ['one', 2],
    ];
    expect(await wordsIn('live')).toEqual(expected);
    const built = await buildView(ground.build(view, dataSource, { open, batchSize: 2 }));
    expect(built.position).toBe(last);
    expect(await wordsIn('building')).toEqual(expected);
    await ground.whisper('hush');
    const placed = await placeView(ground.build(view, dataSource, { open }), 'building');
    expect(placed.position).toBeGreaterThan(last);
    expect(await wordsIn('live')).toEqual(expected);
    expect(new Set(opened)).toEqual(new Set(['Noted']));
  });

  it('says for each type whether it folds it: else it does not compile', () => {
    // @ts-expect-error `Whispered` is in neither.
    expect(foldsOf<Said>()(['Noted'], [])).toEqual(['Noted']);
    // @ts-expect-error `Whispered` is in both.
    expect(foldsOf<Said>()(['Noted', 'Whispered'], ['Whispered'])).toEqual(['Noted', 'Whispered']);
  });

  it('finds the event that it cannot fold among those that it passes over', async () => {
    await ground.whisper('hush');
    const position = await ground.say('bad');
    await ground.whisper('hush');
    const cannot = async (event: RecordedEvent) => {
      if (event.position === position) throw new Error('no key');
      return { ...event, erased: [] };
    };
    const built = buildView(ground.build(view, dataSource, { open: cannot }));
    await expect(built).rejects.toMatchObject({ name: 'CannotApply', position });
  });
});
