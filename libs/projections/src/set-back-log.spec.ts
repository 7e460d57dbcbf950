import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

describe('a view whose log is set back under it, by a restore or by a standby that lacked the last events', () => {
  let ground: WordsGround;
  let owner: DataSource;
  beforeAll(async () => {
    ground = await openWordsGround();
    owner = await ground.connect();
  });
  afterAll(() => ground?.close());

  /** As on a server that stands at an earlier moment: all connections are lost, and positions are given out again. */
  const setBack = async (position: bigint): Promise<void> => {
    await owner.query('ALTER TABLE waymark.events DISABLE TRIGGER ALL');
    await owner.query('DELETE FROM waymark.events WHERE position > $1', [String(position)]);
    await owner.query('ALTER TABLE waymark.events ENABLE TRIGGER ALL');
    await owner.query(`SELECT setval('waymark.event_position', $1)`, [String(position)]);
    await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'waymark'`,
    );
  };
  const leaveAHole = (): Promise<unknown> =>
    owner.query(`SELECT setval('waymark.event_position', last_value + 50) FROM waymark.event_position`);
  const wordsOf = async (view: Parameters<WordsGround['run']>[0]) =>
    (await ground.rows(view, owner, 'live')).map(({ word }) => word);
  let first: bigint;
  beforeEach(async () => {
    first = await ground.say('one');
  });

  it('goes back to what it has noted, and shows what comes at the positions that it had passed', async () => {
    const view = wordsView('passing');
    const running = ground.run(view, await ground.connect(view));
    expect(await running.waitFor(first, 10_000)).toBe(true);
    await leaveAHole();
    const unheeded = await ground.elsewhere();
    await eventually(() => running.status().position >= unheeded);
    await setBack(first);
    await eventually(() => running.status().position === first);
    const second = await ground.say('two');
    expect(second).toBeLessThan(unheeded);
    expect(await running.waitFor(second, 10_000)).toBe(true);
    expect(await wordsOf(view)).toEqual(['one', 'two']);
    await running.stop();
  });

  it('stands still and says so where what it has noted lies beyond the log, until new positions begin behind that', async () => {
    const view = wordsView('noting');
    const running = ground.run(view, await ground.connect(view));
    await leaveAHole();
    const lost = await ground.say('lost');
    expect(await running.waitFor(lost, 10_000)).toBe(true);
    await setBack(first);
    await eventually(() => expect(running.status().stoppedBecause).toContain('it was set back'));
    await ground.say('unheard');
    expect(await running.waitFor(lost + 1n, 100)).toBe(false);
    expect(running.status().stoppedBecause).toContain('it was set back');
    await owner.query(`SELECT setval('waymark.event_position', $1)`, [String(lost)]);
    const heard = await ground.say('heard');
    expect(await running.waitFor(heard, 10_000)).toBe(true);
    expect(running.status().stoppedBecause).toBeUndefined();
    await running.stop();
  });
});
