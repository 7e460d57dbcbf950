import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

describe('the lag of a projection', () => {
  let ground: WordsGround;
  let letThrough: () => void;
  beforeEach(async () => {
    ground = await openWordsGround();
  });
  afterEach(async () => {
    letThrough?.();
    await ground?.close();
  });

  const view = wordsView('words');
  const behind = (lag: number): void => expect(lag).toBeGreaterThan(0.3);

  it('grows while a page is being applied and does not come to its end', async () => {
    let gate = Promise.resolve();
    const running = ground.run(view, await ground.connect(view), {
      open: async (event) => gate.then(() => ({ ...event, erased: [] })),
    });
    await running.waitFor(await ground.say('one'), 20_000);
    await eventually(() => running.status().lagSeconds === 0);
    gate = new Promise((resolve) => (letThrough = resolve));
    const position = await ground.say('two');
    await eventually(() => behind(running.status().lagSeconds));
    behind(await running.lag());
    letThrough();
    expect(await running.waitFor(position, 20_000)).toBe(true);
    await eventually(async () => expect([running.status().lagSeconds, await running.lag()]).toEqual([0, 0]));
  });

  /** A store of which something is changed. */
  const storeWith = (changed: Partial<EventStore>): EventStore =>
    new Proxy(ground.store, {
      get: (store, name) => {
        const own: unknown = Reflect.get(changed, name) ?? Reflect.get(store, name);
        return typeof own === 'function' ? own.bind(store) : own;
      },
    });

  it('grows when there is something that it is not told of', async () => {
    const store = storeWith({
      subscribe: async function* ({ signal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        yield* [];
      },
    });
    const running = ground.run(view, await ground.connect(view), { store });
    await running.serving;
    await eventually(async () => expect(await running.lag()).toBe(0));
    await ground.say('one');
    await eventually(async () => behind(await running.lag()));
  });

  it('grows while the log does not answer, as behind an append that is open, and is over when it does', async () => {
    let gate: Promise<void> = Promise.resolve();
    const store = storeWith({ newest: async (of) => gate.then(() => ground.store.newest(of)) });
    const running = ground.run(view, await ground.connect(view), { store });
    await running.waitFor(await ground.say('one'), 20_000);
    await eventually(async () => expect(await running.lag()).toBe(0));
    gate = new Promise((resolve) => (letThrough = resolve));
    behind(await running.lag());
    letThrough();
    await eventually(async () => expect(await running.lag()).toBe(0));
  });
});
