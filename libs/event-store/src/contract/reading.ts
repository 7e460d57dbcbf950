import { describe, expect, it } from '@jest/globals';
import { verifyStream } from '../chain.js';
import {
  follow,
  ids,
  newEvent,
  newEvents,
  newStream,
  readStream,
  readToEnd,
  refusalOf,
  type Opened,
} from './log-under-contract.js';

const texts = {
  arabic: 'لا أريد أن يعرف أحد — أخاف من الانتقام',
  emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 🫶🏽',
  composed: 'é',
  decomposed: 'e\u0301',
  bidi: '\u202Eabc\u202C \u200F',
  control: '\u0000\u0001\u001F\u007F\u2028\u2029',
  loneSurrogate: '\uD800',
  quotes: '"\\/\'`',
};

export function describeReading(opened: Opened): void {
  describe('reading', () => {
    it('gives back text, numbers and key order as they went in', async () => {
      const { store } = opened();
      const stream = newStream();
      const data = {
        z: texts,
        a: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1, 5e-324, 1e-7, -1.5, true, false, null, '', [], {}],
        2: 'two',
        1: 'one',
      };
      const event = newEvent(data, { type: `T${'x'.repeat(99)}`, schemaVersion: 2_147_483_647 });
      const metadata = {
        ...event.metadata,
        onBehalfOf: texts.arabic,
        unit: 'legal',
        purpose: 'x',
        traceparent: '00-1',
      };
      await store.append(stream, 'none', [{ ...event, metadata }]);
      const [read] = await readStream(store, stream);
      expect(JSON.stringify(read?.data)).toBe(JSON.stringify(data));
      expect(JSON.stringify(read?.metadata)).toBe(JSON.stringify(metadata));
      expect(read).toMatchObject({ id: event.id, type: event.type, schemaVersion: 2_147_483_647, stream });
      expect(read?.category).toBe('contract_thing');
      expect(read?.stored).toEqual({ data: JSON.stringify(data), metadata: JSON.stringify(metadata) });
      expect(read?.recordedAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    });

    it('chains the events of a stream', async () => {
      const { store } = opened();
      const stream = newStream();
      await store.append(stream, 'none', [newEvent(texts), ...newEvents(4)]);
      await store.append(stream, 4, newEvents(3));
      const events = await readStream(store, stream);
      expect(await verifyStream(events)).toEqual({ intact: true, events: 8, hash: events.at(-1)?.hash });
    });

    it('what a stream is as of its last event, and nothing of one that does not exist', async () => {
      const { store } = opened();
      const stream = newStream();
      expect(await store.readStreamMetadata(stream)).toBeUndefined();
      const { position } = await store.append(stream, 'none', newEvents(3));
      const last = (await readStream(store, stream)).at(-1);
      const { recordedAt, hash } = last ?? {};
      const category = 'contract_thing';
      expect(await store.readStreamMetadata(stream)).toEqual({
        stream,
        category,
        revision: 2,
        position,
        recordedAt,
        hash,
      });
    });

    it('a stream forwards and backwards, from a revision, as many as wanted', async () => {
      const { store } = opened();
      const stream = newStream();
      const batch = newEvents(1_100);
      const appended = ids(batch);
      await store.append(stream, 'none', batch);
      const read = async (options?: Parameters<typeof readStream>[2]) => ids(await readStream(store, stream, options));
      expect(await read()).toEqual(appended);
      expect(await read({ direction: 'backwards' })).toEqual([...appended].reverse());
      expect(await read({ from: 1_000, limit: 7 })).toEqual(appended.slice(1_000, 1_007));
      expect(await read({ from: 1_000, limit: 7, direction: 'backwards' })).toEqual(
        appended.slice(994, 1_001).reverse(),
      );
      expect(await read({ from: 2, limit: 7, direction: 'backwards' })).toEqual(appended.slice(0, 3).reverse());
      expect(await read({ from: 1_100 })).toEqual([]);
      expect(await read({ limit: 0 })).toEqual([]);
    });

    it('nothing from a stream that does not exist', async () => {
      expect(await readStream(opened().store, newStream())).toEqual([]);
      expect(await readStream(opened().store, newStream(), { direction: 'backwards' })).toEqual([]);
    });

    it.each([1, 7, 1_000])(
      'the whole log in pages of %p, each event once, in the order of positions',
      async (limit) => {
        const { store } = opened();
        const { position } = await readToEnd(store, 0n);
        const appended: string[] = [];
        for (const category of ['contract_thing', 'contract_other', 'contract_thing'] as const) {
          const events = newEvents(11);
          await store.append(newStream(category), 'none', events);
          appended.push(...ids(events));
        }
        const { events } = await readToEnd(store, position, { limit });
        expect(ids(events)).toEqual(appended);
        const positions = events.map((event) => event.position);
        expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
        expect(new Set(positions).size).toBe(positions.length);
      },
    );

    it('no more than a page holds, and the position of its last event', async () => {
      const { store } = opened();
      const { position } = await readToEnd(store, 0n);
      await store.append(newStream(), 'none', newEvents(10));
      const page = await store.readAll({ after: position, limit: 4 });
      expect(page.events).toHaveLength(4);
      expect(page.position).toBe(page.events.at(-1)?.position);
    });

    it('the categories wanted, and moves on over the others', async () => {
      const { store } = opened();
      const { position } = await readToEnd(store, 0n);
      const first = newEvents(2);
      const last = newEvents(2);
      await store.append(newStream('contract_rare'), 'none', first);
      await store.append(newStream('contract_thing'), 'none', newEvents(500));
      const { position: middle } = await store.append(newStream('contract_other'), 'none', newEvents(500));
      const rare = { categories: ['contract_rare'] };
      const before = await readToEnd(store, position, rare);
      expect(ids(before.events)).toEqual(ids(first));
      expect(before.position >= middle).toBe(true);
      await store.append(newStream('contract_rare'), 'none', last);
      expect(ids((await readToEnd(store, before.position, rare)).events)).toEqual(ids(last));
      const two = await readToEnd(store, position, {
        categories: ['contract_rare', 'contract_other', 'contract_rare'],
        limit: 3,
      });
      expect(two.events.map((event) => event.category)).toEqual([
        ...['contract_rare', 'contract_rare'],
        ...Array.from({ length: 500 }, () => 'contract_other'),
        ...['contract_rare', 'contract_rare'],
      ]);
    });

    it('one history to all who read it, if it tells of any', async () => {
      const { store, another } = opened();
      expect(await (await another()).history()).toBe(await store.history());
    });

    it('nothing to whoever has read further than it reaches: they would pass over what comes next', async () => {
      const { store } = opened();
      await store.append(newStream(), 'none', newEvents(2));
      const { position } = await readToEnd(store, 0n);
      const refused = { code: 'beyond_log' };
      const after = position + 1_000_000_000n;
      expect(await refusalOf(store.readAll({ after }))).toEqual(refused);
      expect(await refusalOf(store.readAll({ after, categories: ['contract_rare'] }))).toEqual(refused);
      expect(await refusalOf(store.newest({ after }))).toEqual(refused);
      expect(await refusalOf(follow(store, { after }, () => true))).toEqual(refused);
      expect(await store.readAll({ after: position })).toEqual({ events: [], position });
    });

    it('what a reader of one category may see, without being held up by what it may not', async () => {
      const log = opened();
      const restricted = await log.restrictedTo(['contract_rare']);
      const { position } = await readToEnd(restricted, 0n);
      await log.store.append(newStream('contract_thing'), 'none', newEvents(50));
      const wanted = newEvents(3);
      await log.store.append(newStream('contract_rare'), 'none', wanted);
      const appended = await log.store.append(newStream('contract_thing'), 'none', newEvents(50));
      const all = await readToEnd(restricted, position);
      expect(ids(all.events)).toEqual(ids(wanted));
      expect(all.position).toBe(appended.position);
    });
  });
}
