import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import { eventually } from '@waymark/testing';
import { Unseen } from './lag.js';
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

  it('takes one look for all views of the same categories that are asked at once, and is that of each', async () => {
    const looks: string[] = [];
    let told = 0;
    const store = storeWith({
      newest: (of) => {
        looks.push(String(of.categories));
        return ground.store.newest(of);
      },
      subscribe: async function* (of) {
        if (++told === 1) await new Promise((resolve) => of.signal.addEventListener('abort', resolve));
        else yield* ground.store.subscribe(of);
      },
    });
    const run = async (name: string, categories = ['note']) => {
      const one = wordsView(name, { categories });
      const running = ground.run(one, await ground.connect(one), { store });
      const before = told;
      await eventually(() => expect(told).toBe(before + 1));
      return running;
    };
    const [silent, other] = [await run('silent'), await run('other', ['other'])];
    const [first, second] = [await run('first'), await run('second')];
    const position = await ground.say('one');
    await Promise.all([first, second].map((view) => view.waitFor(position, 20_000)));
    const lags = () => Promise.all([first, silent, other, second].map((view) => view.lag()));
    await eventually(async () => {
      looks.length = 0;
      const [ofFirst, ofSilent = 0, ...others] = await lags();
      behind(ofSilent);
      expect([ofFirst, ...others]).toEqual([0, 0, 0]);
      expect(looks).toEqual(['note', 'other']);
    });
  });

  it('is none for a view that is before another, when nothing of its categories lies between them', async () => {
    const position = await ground.say('one');
    const found = [position + 5n, position].map((seen) => new Unseen(ground.store, view.categories).find(seen));
    expect(await Promise.all(found)).toEqual([undefined, undefined]);
  });
});
