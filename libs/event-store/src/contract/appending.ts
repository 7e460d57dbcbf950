import { describe, expect, it } from '@jest/globals';
import {
  newEvent,
  newEvents,
  newStream,
  ids,
  readStream,
  readToEnd,
  refusalOf,
  type Opened,
} from './log-under-contract.js';

const writers = 64;

export function describeAppending(opened: Opened): void {
  describe('appending', () => {
    it('numbers a stream from 0 without holes, over several batches', async () => {
      const { store } = opened();
      const stream = newStream();
      const first = await store.append(stream, 'none', newEvents(2));
      const second = await store.append(stream, 1, newEvents(3));
      expect([first.revision, second.revision]).toEqual([1, 4]);
      expect([first.repeated, second.repeated]).toEqual([false, false]);
      expect(second.position > first.position).toBe(true);
      const events = await readStream(store, stream);
      expect(events.map((event) => event.revision)).toEqual([0, 1, 2, 3, 4]);
      expect(events.at(-1)?.position).toBe(second.position);
    });

    it.each([
      ['none', 'accepted', 'refused'],
      ['exists', 'refused', 'accepted'],
      ['any', 'accepted', 'accepted'],
      [0, 'refused', 'accepted'],
      [1, 'refused', 'refused'],
    ] as const)(
      'expecting %p, is %s on a new stream and %s on one at revision 0',
      async (expected, onNew, onExisting) => {
        const { store } = opened();
        const fresh = newStream();
        const existing = newStream();
        await store.append(existing, 'none', [newEvent()]);
        const refused = (actualRevision: number) => ({ code: 'wrong_expected_revision', actualRevision });
        expect(await refusalOf(store.append(fresh, expected, [newEvent()]))).toEqual(
          onNew === 'accepted' ? 'accepted' : refused(-1),
        );
        expect(await refusalOf(store.append(existing, expected, [newEvent()]))).toEqual(
          onExisting === 'accepted' ? 'accepted' : refused(0),
        );
      },
    );

    it.each(['none', 0] as const)(`lets one of ${writers} writers win who all expect %p`, async (expected) => {
      const log = opened();
      const stores = [log.store, await log.another()];
      const stream = newStream();
      if (expected === 0) await log.store.append(stream, 'none', [newEvent()]);
      const attempts = Array.from({ length: writers }, (_, writer) => newEvent({ writer }));
      const outcomes = await Promise.all(
        attempts.map((event, writer) => refusalOf((stores[writer % 2] ?? log.store).append(stream, expected, [event]))),
      );
      const won = expected === 0 ? 1 : 0;
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome !== 'accepted')).toEqual(
        Array.from({ length: writers - 1 }, () => ({ code: 'wrong_expected_revision', actualRevision: won })),
      );
      const winner = attempts[outcomes.indexOf('accepted')];
      expect((await readStream(log.store, stream, { from: won })).map((event) => event.id)).toEqual([winner?.id]);
    });

    it(`takes all of ${writers} writers who expect nothing, one revision each`, async () => {
      const log = opened();
      const stores = [log.store, await log.another()];
      const stream = newStream();
      const results = await Promise.all(
        newEvents(writers).map((event, writer) => (stores[writer % 2] ?? log.store).append(stream, 'any', [event])),
      );
      const revisions = results.map((result) => result.revision).sort((a, b) => a - b);
      expect(revisions).toEqual(Array.from({ length: writers }, (_, revision) => revision));
      const positions = (await readStream(log.store, stream)).map((event) => event.position);
      expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    });

    it('gives the first result again to who lost the answer, also when the stream has moved on', async () => {
      const log = opened();
      const stream = newStream();
      const batch = newEvents(3);
      const first = await log.store.append(stream, 'none', batch);
      await log.store.append(stream, 'exists', newEvents(2));
      const again = await (await log.another()).append(stream, 'none', batch);
      expect(again).toEqual({ ...first, repeated: true });
      expect(await readStream(log.store, stream)).toHaveLength(5);
    });

    it('stores once what several processes append at once with the same ids', async () => {
      const log = opened();
      const stores = [log.store, await log.another()];
      const stream = newStream();
      const batch = newEvents(2);
      const results = await Promise.all(
        Array.from({ length: 16 }, (_, retry) => (stores[retry % 2] ?? log.store).append(stream, 'none', batch)),
      );
      expect(results.filter((result) => !result.repeated)).toHaveLength(1);
      expect(new Set(results.map((result) => result.position)).size).toBe(1);
      expect(ids(await readStream(log.store, stream))).toEqual(ids(batch));
    });

    it('refuses as a whole a batch of which a part is known, or known in another order', async () => {
      const { store } = opened();
      const stream = newStream();
      const known = newEvents(2);
      await store.append(stream, 'none', known);
      await store.append(stream, 1, [newEvent()]);
      const partly = { code: 'batch_partly_known' };
      expect(await refusalOf(store.append(stream, 'any', [...known, newEvent()]))).toEqual(partly);
      expect(await refusalOf(store.append(stream, 'any', [newEvent(), ...known]))).toEqual(partly);
      expect(await refusalOf(store.append(stream, 'any', [...known].reverse()))).toEqual(partly);
      expect(await readStream(store, stream)).toHaveLength(3);
    });

    it('refuses an event id that another stream has', async () => {
      const { store } = opened();
      const used = newEvent();
      await store.append(newStream(), 'none', [used]);
      const stream = newStream();
      expect(await refusalOf(store.append(stream, 'none', [newEvent(), used]))).toEqual({ code: 'event_id_reused' });
      expect(await readStream(store, stream)).toEqual([]);
    });

    it('refuses an event id that another process gave to another stream, where it knows the ids of all streams', async () => {
      const log = opened();
      const used = newEvent();
      await (await log.another()).append(newStream(), 'none', [used]);
      const reused = refusalOf((await log.another()).append(newStream(), 'none', [used]));
      expect(await reused).toEqual(
        log.weaknesses?.includes('ids_per_stream') ? 'accepted' : { code: 'event_id_reused' },
      );
    });

    it('stores all of a batch or nothing, and leaves no empty stream behind', async () => {
      const { store } = opened();
      const stream = newStream();
      const tooLarge = newEvent({ text: 'x'.repeat(1_100_000) });
      expect(await refusalOf(store.append(stream, 'any', [...newEvents(5), tooLarge]))).toEqual({
        code: 'event_too_large',
      });
      expect(await refusalOf(store.append(stream, 'exists', newEvents(5)))).toMatchObject({ actualRevision: -1 });
      expect(await readStream(store, stream)).toEqual([]);
      expect(await store.append(stream, 'none', [newEvent()])).toMatchObject({ revision: 0 });
    });

    it('keeps a batch together in the log, in its order', async () => {
      const { store } = opened();
      const { position } = await readToEnd(store, 0n);
      const streams = Array.from({ length: 8 }, () => newStream());
      const batches = streams.map(() => newEvents(20));
      await Promise.all(streams.map((stream, index) => store.append(stream, 'none', batches[index] ?? [])));
      const { events } = await readToEnd(store, position);
      for (const [index, stream] of streams.entries()) {
        const ofStream = events.filter((event) => event.stream === stream);
        expect(ids(ofStream)).toEqual(ids(batches[index] ?? []));
      }
    });
  });
}
