import { describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type { EventToAppend } from '../port.js';
import {
  follow,
  ids,
  insist,
  newEvents,
  newStream,
  readStream,
  readToEnd,
  refusalOf,
  type LogOverLine,
  type Opened,
} from './log-under-contract.js';

export function describeLosingTheLine(opened: Opened): void {
  /**
   * Appends so that the log has the batch and its answer is lost: held back until the batch is there, then cut. An adapter may
   * ask the log other things before: an answer that was held already when the batch was not there yet is let pass.
   */
  const losingTheAnswer = async ({ store, line }: LogOverLine, stream: string, batch: readonly EventToAppend[]) => {
    const { store: direct } = opened();
    await store.ping();
    line.holdAnswers();
    const appending = insist(store, stream, 'none', batch);
    await eventually(async () => {
      const held = line.heldAnswers();
      const stored = await readStream(direct, stream);
      if (stored.length === 0) held.pass();
      expect(stored).toHaveLength(batch.length);
    });
    return async () => {
      line.cut();
      await line.heal();
      return appending;
    };
  };

  describe('losing the line', () => {
    it('after the log has stored a batch: the retry gives the result whose answer was lost', async () => {
      const log = opened();
      const stream = newStream();
      const batch = newEvents(3);
      const cut = await losingTheAnswer(await log.overLine(), stream, batch);
      const stored = await readStream(log.store, stream);
      expect(await cut()).toEqual({ revision: 2, position: stored.at(-1)?.position, repeated: true });
      expect(ids(await readStream(log.store, stream))).toEqual(ids(batch));
    });

    it('the same when others have appended to the stream before the retry', async () => {
      const log = opened();
      const stream = newStream();
      const batch = newEvents(3);
      const others = newEvents(2);
      const cut = await losingTheAnswer(await log.overLine(), stream, batch);
      await log.store.append(stream, 2, others);
      expect(await cut()).toMatchObject({ revision: 2, repeated: true });
      expect(ids(await readStream(log.store, stream))).toEqual(ids([...batch, ...others]));
    });

    it('and then sending more than was stored is refused as a whole, also when the stream has moved on', async () => {
      const log = opened();
      const stream = newStream();
      const lost = newEvents(2);
      const over = await log.overLine();
      const cut = await losingTheAnswer(over, stream, lost);
      await log.store.append(stream, 1, newEvents(1));
      await cut();
      const partly = { code: 'batch_partly_known' };
      expect(await refusalOf(over.store.append(stream, 'any', [...lost, ...newEvents(1)]))).toEqual(partly);
      expect(await refusalOf(over.store.append(stream, 2, [...lost, ...newEvents(1)]))).toEqual(partly);
      expect(await refusalOf(over.store.append(stream, 'none', [...newEvents(1), ...lost]))).toEqual(partly);
      expect(await readStream(log.store, stream)).toHaveLength(3);
    });

    it('before the log has heard of a batch: the retry is the first', async () => {
      const log = opened();
      const stream = newStream();
      const batch = newEvents(3);
      const { store, line } = await log.overLine();
      await store.ping();
      line.blackHole();
      const appending = insist(store, stream, 'none', batch);
      expect(await readStream(log.store, stream)).toEqual([]);
      line.cut();
      await line.heal();
      expect(await appending).toMatchObject({ revision: 2, repeated: false });
      expect(ids(await readStream(log.store, stream))).toEqual(ids(batch));
    });

    it('at any byte of a batch on its way, again and again: it is there whole or not at all, and in the end once', async () => {
      const log = opened();
      const { store, line } = await log.overLine();
      for (let bytes = 500; bytes < 60_000; bytes *= 2) {
        const stream = newStream();
        const batch = newEvents(150);
        await store.ping();
        line.cutQuestionsAfter(bytes);
        const result = await insist(store, stream, 'none', batch);
        expect(result.revision).toBe(149);
        expect(ids(await readStream(log.store, stream))).toEqual(ids(batch));
      }
      await line.heal();
    });

    it('at any byte of the answers, again and again: each batch is there once and in its order', async () => {
      const log = opened();
      const stream = newStream();
      const { store, line } = await log.overLine();
      const appended: string[] = [];
      for (let bytes = 0; bytes < 400; bytes += 23) {
        line.cutAnswersAfter(bytes);
        const batch = newEvents(2);
        expect(await insist(store, stream, 'any', batch)).toMatchObject({ revision: appended.length + 1 });
        appended.push(...ids(batch));
      }
      await line.heal();
      expect(ids(await readStream(log.store, stream))).toEqual(appended);
    });

    it('is told as unavailable by every call, and over as soon as the line is back', async () => {
      const { store, line } = await opened().overLine();
      const stream = newStream();
      const unavailable = { code: 'unavailable' };
      line.refuse();
      expect(await refusalOf(store.ping())).toEqual(unavailable);
      expect(await refusalOf(store.append(stream, 'any', newEvents(1)))).toEqual(unavailable);
      expect(await refusalOf(store.readAll({ after: 0n }))).toEqual(unavailable);
      expect(await refusalOf(readStream(store, stream))).toEqual(unavailable);
      await line.heal();
      await eventually(() => store.ping());
      expect(await store.append(stream, 'none', newEvents(1))).toMatchObject({ revision: 0 });
    });

    it('makes a subscription begin again where it was, also one of a reader of one category', async () => {
      const log = opened();
      const { position: after } = await readToEnd(log.store, 0n);
      const [all, rare] = [await log.overLine(), await log.overLine(['contract_rare'])];
      const [wanted, others] = [newEvents(30), newEvents(30)];
      const following = [
        follow(all.store, { after, batchSize: 4 }, (seen) => seen.length >= 60),
        follow(rare.store, { after, batchSize: 4 }, (seen) => seen.length >= 30),
      ];
      const [stream, hidden] = [newStream('contract_rare'), newStream('contract_thing')];
      for (let from = 0; from < 30; from += 3) {
        await log.store.append(stream, 'any', wanted.slice(from, from + 3));
        await log.store.append(hidden, 'any', others.slice(from, from + 3));
        all.line.cut();
        rare.line.cutAnswersAfter(from * 10);
      }
      await rare.line.heal();
      const [seenOfAll = [], seenOfRare = []] = await Promise.all(following);
      expect(ids(seenOfAll.filter((event) => event.stream === stream))).toEqual(ids(wanted));
      expect(ids(seenOfAll.filter((event) => event.stream === hidden))).toEqual(ids(others));
      expect(ids(seenOfRare)).toEqual(ids(wanted));
    });
  });
}
