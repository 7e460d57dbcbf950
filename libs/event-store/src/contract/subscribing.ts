import { describe, expect, it } from '@jest/globals';
import { EventStoreError } from '../port.js';
import {
  follow,
  ids,
  newEvent,
  newEvents,
  newStream,
  readToEnd,
  refusalOf,
  type Opened,
} from './log-under-contract.js';

export function describeSubscribing(opened: Opened): void {
  describe('subscribing', () => {
    it('catches up, then follows, each event once and in order', async () => {
      const log = opened();
      const writer = await log.another();
      const { position } = await readToEnd(log.store, 0n);
      const stream = newStream();
      const past = newEvents(25);
      const live = newEvents(25, 25);
      await writer.append(stream, 'none', past);
      let appending: Promise<unknown> | undefined;
      const events = await follow(log.store, { after: position, batchSize: 10 }, (seen) => {
        if (seen.length === 25) {
          appending ??= (async () => {
            for (const event of live) await writer.append(stream, 'exists', [event]);
          })();
        }
        return seen.length >= 50;
      });
      await appending;
      expect(ids(events)).toEqual(ids([...past, ...live]));
    });

    it('gives only the categories wanted, and lets the position move on over the others', async () => {
      const { store } = opened();
      const { position } = await readToEnd(store, 0n);
      const wanted = newEvent();
      await store.append(newStream('contract_rare'), 'none', [wanted]);
      const other = await store.append(newStream('contract_other'), 'none', newEvents(30));
      const options = { after: position, categories: ['contract_rare'] };
      const events = await follow(store, options, (_, page) => page.position >= other.position);
      expect(ids(events)).toEqual([wanted.id]);
    });

    it('gives several subscribers the same', async () => {
      const log = opened();
      const { position } = await readToEnd(log.store, 0n);
      const stores = [log.store, log.store, await log.another()];
      const following = stores.map((store) => follow(store, { after: position }, (seen) => seen.length >= 40));
      const appended = newEvents(40);
      const stream = newStream();
      for (let from = 0; from < 40; from += 4) await log.store.append(stream, 'any', appended.slice(from, from + 4));
      for (const events of await Promise.all(following)) expect(ids(events)).toEqual(ids(appended));
    });

    it('ends when it is told to, also while it waits', async () => {
      const { store } = opened();
      const { position } = await readToEnd(store, 0n);
      const controller = new AbortController();
      const pages: unknown[] = [];
      const ended = (async () => {
        for await (const page of store.subscribe({ after: position, signal: controller.signal })) pages.push(page);
      })();
      setTimeout(() => controller.abort(), 20);
      await ended;
      expect(pages).toEqual([]);
    });

    it('refuses a category that may not be read', async () => {
      const restricted = await opened().restrictedTo(['contract_rare']);
      const following = follow(restricted, { after: 0n, categories: ['contract_thing'] }, () => true);
      expect(await refusalOf(following)).toEqual({ code: 'category_forbidden' });
    });

    it('ends with its store, which then refuses everything', async () => {
      const log = opened();
      const store = await log.another();
      const { position } = await readToEnd(store, 0n);
      const ended = (async () => {
        for await (const page of store.subscribe({ after: position, signal: new AbortController().signal })) void page;
      })();
      await store.ping();
      await store.close();
      await ended;
      await expect(store.ping()).rejects.toThrow(EventStoreError);
      expect(await refusalOf(store.append(newStream(), 'any', [newEvent()]))).toEqual({ code: 'unavailable' });
    });
  });
}
