import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../port.js';
import {
  follow,
  ids,
  newEvent,
  newEvents,
  newStream,
  readStream,
  readToEnd,
  type Opened,
} from './log-under-contract.js';

export function describeReadingBesideWriters(opened: Opened): void {
  describe('reading beside writers', () => {
    it('gives a batch whole or not at all', async () => {
      const log = opened();
      const reader = await log.another();
      const lengths = new Set<number>();
      for (let round = 0; round < 5; round += 1) {
        const stream = newStream();
        const appending = log.store.append(stream, 'none', newEvents(600));
        let done = false;
        void appending.finally(() => (done = true)).catch(() => undefined);
        while (!done) lengths.add((await readStream(reader, stream)).length);
        await appending;
        lengths.add((await readStream(reader, stream)).length);
      }
      expect([...lengths].filter((length) => length !== 0)).toEqual([600]);
    });

    it('knows the newest event of a category as soon as another process has appended it', async () => {
      const log = opened();
      const [writer, reader] = [await log.another(), log.store];
      const of = (after: bigint) => reader.newest({ after, categories: ['contract_rare'] });
      for (let round = 0; round < 20; round += 1) {
        const { position } = await writer.append(newStream('contract_rare'), 'none', newEvents(2));
        const { position: other } = await writer.append(newStream('contract_other'), 'none', newEvents(1));
        expect(await Promise.all([of(0n), of(position), of(position - 1n), of(other)])).toEqual([
          ...[position, position, position, other],
        ]);
        expect(await reader.newest({ after: position })).toBeGreaterThanOrEqual(other);
      }
    });

    it('knows the newest of more events than fit on a page, and of a crowd of writers', async () => {
      const { store } = opened();
      const before = await store.newest({ after: 0n, categories: ['contract_thing'] });
      for (let batch = 0; batch < 3; batch += 1) await store.append(newStream(), 'none', newEvents(500));
      const told = Array.from({ length: 20 }, async (_each, index) => {
        const category = index % 2 ? 'contract_thing' : 'contract_other';
        const { position } = await store.append(newStream(category), 'none', newEvents(3));
        expect(await store.newest({ after: before, categories: [category] })).toBeGreaterThanOrEqual(position);
        return index % 2 ? position : 0n;
      });
      const last = (await Promise.all(told)).reduce((one, other) => (one > other ? one : other));
      expect(await store.newest({ after: before, categories: ['contract_thing'] })).toBe(last);
    }, 180_000);

    it('gives every reader the same order, which is that of each stream', async () => {
      const log = opened();
      const { position: after } = await readToEnd(log.store, 0n);
      const stores = [log.store, await log.another()];
      const streams = Array.from({ length: 8 }, (_, index) =>
        newStream(index % 2 ? 'contract_thing' : 'contract_other'),
      );
      const batches = streams.map(() => Array.from({ length: 6 }, () => newEvents(4)));
      const count = 8 * 6 * 4;
      const following = [1, 5, 1_000].map((batchSize, index) =>
        follow(stores[index % 2] ?? log.store, { after, batchSize }, (seen) => seen.length >= count),
      );
      const positions = await Promise.all(
        streams.map(async (stream, index) => {
          const answered: bigint[] = [];
          for (const batch of batches[index] ?? []) {
            answered.push((await (stores[index % 2] ?? log.store).append(stream, 'any', batch)).position);
          }
          return answered;
        }),
      );
      const [first = [], ...others] = await Promise.all(following);
      for (const seen of others) expect(ids(seen)).toEqual(ids(first));
      for (const [index, stream] of streams.entries()) {
        const ofStream = first.filter((event) => event.stream === stream);
        expect(ids(ofStream)).toEqual(ids((batches[index] ?? []).flat()));
        expect(ofStream.filter((_, place) => place % 4 === 3).map((event) => event.position)).toEqual(positions[index]);
      }
    });

    it('orders batches by when they were stored, whatever their streams', async () => {
      const log = opened();
      const stores = [log.store, await log.another()];
      let before = 0n;
      for (let round = 0; round < 12; round += 1) {
        const stream = newStream(round % 3 ? 'contract_other' : 'contract_thing');
        const { position } = await (stores[round % 2] ?? log.store).append(stream, 'none', newEvents(1 + (round % 4)));
        const positions = (await readStream(log.store, stream)).map((event) => event.position);
        expect(positions.every((each, index) => each > (positions[index - 1] ?? before))).toBe(true);
        expect(positions.at(-1)).toBe(position);
        before = position;
      }
    });

    it('goes on after a long pause between two pages as if there had been none', async () => {
      const { store } = opened();
      const { position: after } = await readToEnd(store, 0n);
      const [early, late] = [newEvents(10), newEvents(10)];
      const stream = newStream();
      await store.append(stream, 'none', early);
      let paused = false;
      const seen = await follow(store, { after, batchSize: 4 }, async (events) => {
        if (!paused) {
          paused = true;
          for (const event of late) await store.append(stream, 'any', [event]);
          // Longer than any rhythm in which a subscription looks by itself.
          await delay(2_500);
        }
        return events.length >= 20;
      });
      expect(ids(seen)).toEqual(ids([...early, ...late]));
    });

    it('keeps a quick subscriber quick beside a slow one of the same store', async () => {
      const { store } = opened();
      const { position: after } = await readToEnd(store, 0n);
      let quickIsThrough = (): void => undefined;
      const through = new Promise<void>((resolve) => (quickIsThrough = resolve));
      // The slow one stands at its first page until the quick one has everything.
      const slow = follow(store, { after, batchSize: 1 }, async (seen) => {
        if (seen.length === 1) await through;
        return seen.length >= 30;
      });
      const quick = follow(store, { after }, (seen) => seen.length >= 30);
      const appended = newEvents(30);
      const stream = newStream();
      for (const event of appended) await store.append(stream, 'any', [event]);
      expect(ids(await quick)).toEqual(ids(appended));
      quickIsThrough();
      expect(ids(await slow)).toEqual(ids(appended));
    });

    it('follows several categories in the order of the log', async () => {
      const { store } = opened();
      const { position: after } = await readToEnd(store, 0n);
      const wanted: string[] = [];
      const categories = ['contract_rare', 'contract_other'];
      const following = follow(store, { after, categories, batchSize: 3 }, (seen) => seen.length >= 20);
      const streams = [newStream('contract_rare'), newStream('contract_thing'), newStream('contract_other')] as const;
      for (let round = 0; round < 30; round += 1) {
        const stream = streams[round % 3] ?? streams[0];
        const event = newEvent();
        await store.append(stream, 'any', [event]);
        if (stream !== streams[1]) wanted.push(event.id);
      }
      const seen: readonly RecordedEvent[] = await following;
      expect(ids(seen)).toEqual(wanted);
      expect(new Set(seen.map((event) => event.category))).toEqual(new Set(categories));
    });

    it('can be left in the middle, and the store goes on', async () => {
      const { store } = opened();
      const { position: after } = await readToEnd(store, 0n);
      const stream = newStream();
      const batch = newEvents(600);
      await store.append(stream, 'none', batch);
      for await (const page of store.subscribe({ after, batchSize: 5, signal: new AbortController().signal })) {
        expect(ids(page.events)).toEqual(ids(batch.slice(0, 5)));
        break;
      }
      for await (const event of store.readStream(stream)) {
        expect(event.id).toBe(batch[0]?.id);
        break;
      }
      expect(await readStream(store, stream)).toHaveLength(600);
    });
  });
}
