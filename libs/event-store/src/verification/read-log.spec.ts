import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ids, newEvent, newEvents } from '../contract/log-under-contract.js';
import { openLogUnderTest, type LogUnderTest } from '../postgres/log-under-test.js';
import type { EventStore } from '../port.js';
import type { StoredEvent } from '../chain.js';
import { readLog, type ReadLogOptions } from './read-log.js';

let log: LogUnderTest;
let store: EventStore;
beforeAll(async () => {
  log = await openLogUnderTest();
  store = await log.storeFor({ append: ['thing', 'other'] });
});
afterAll(() => log.close());

async function pagesOf(options: ReadLogOptions): Promise<(readonly StoredEvent[])[]> {
  const pages = [];
  for await (const page of readLog(store, options)) pages.push(page);
  return pages;
}

describe('reading the log as a whole', () => {
  it('gives every event up to a position and none behind it, of all or of some categories', async () => {
    const [things, others, later] = [newEvents(600), newEvents(10), newEvents(5)];
    await store.append('thing-a', 'none', things);
    const { position: upTo } = await store.append('other-a', 'none', others);
    await store.append('thing-b', 'none', later);
    const read = async (options: ReadLogOptions) => (await pagesOf(options)).flat().map(({ id }) => id);
    expect(await read({ upTo })).toEqual(ids([...things, ...others]));
    expect(await read({ upTo, categories: ['other'] })).toEqual(ids(others));
    expect(await read({ upTo: upTo - 3n })).toEqual(ids([...things, ...others.slice(0, 7)]));
    expect(await read({ upTo: 0n })).toEqual([]);
  });

  it('makes pages of large events small', async () => {
    await store.append('thing-small', 'none', newEvents(2_000));
    for (let batch = 0; batch < 6; batch += 1) {
      const large = Array.from({ length: 50 }, () => newEvent({ text: 'x'.repeat(200_000) }));
      await store.append('thing-large', 'any', large);
    }
    const upTo = (await store.readStreamMetadata('thing-large'))?.position ?? 0n;
    const sizes = (await pagesOf({ upTo })).map((page) => page.reduce((sum, { data }) => sum + data.length, 0));
    expect(Math.max(...sizes)).toBeLessThan(256 * 200_000 + 100_000);
    expect(sizes.slice(-3).every((size) => size < 10_000_000)).toBe(true);
  });

  it('waits for an append that is open, and not for ever', async () => {
    const { url } = await log.role({ append: ['thing'] });
    const open = await log.connect(url);
    await open.query('begin');
    await log.appendOn(open, 'thing-open');
    const { position: upTo } = await store.append('thing-behind', 'none', newEvents(1));
    await expect(pagesOf({ upTo, patience: 100 })).rejects.toMatchObject({ code: 'unavailable' });
    const reading = pagesOf({ upTo });
    await open.query('commit');
    const streams = (await reading).flat().map(({ stream }) => stream);
    expect(streams.slice(-2)).toEqual(['thing-open', 'thing-behind']);
  });
});
