import { describe, expect, it } from '@jest/globals';
import type { EventMetadata, EventToAppend } from '../port.js';
import { newEvent, newEvents, newStream, readStream, refusalOf, type Opened } from './log-under-contract.js';

const without = (field: keyof EventMetadata): EventToAppend => {
  const event = newEvent();
  return { ...event, metadata: { ...event.metadata, [field]: undefined } };
};
const circular: { self?: object } = {};
circular.self = circular;

export function describeRefusing(opened: Opened): void {
  describe('refusing', () => {
    it.each([
      'thing',
      'Thing-1',
      '1thing-1',
      'thing-',
      '-1',
      'thing-a b',
      'thing-ä',
      `thing-${'x'.repeat(129)}`,
      "thing-1';--",
    ])('the stream name %p', async (stream) => {
      const { store } = opened();
      expect(await refusalOf(store.append(stream, 'any', [newEvent()]))).toEqual({ code: 'invalid_stream' });
      expect(await refusalOf(readStream(store, stream))).toEqual({ code: 'invalid_stream' });
    });

    it.each([
      ['an event type in lower case', newEvent({}, { type: 'thingHappened' })],
      ['an event type with a space', newEvent({}, { type: 'Thing happened' })],
      ['an event type of 101 letters', newEvent({}, { type: `T${'x'.repeat(100)}` })],
      ['an id that is no UUID', newEvent({}, { id: 'thing' })],
      ['schema version 0', newEvent({}, { schemaVersion: 0 })],
      ['metadata without actor', without('actor')],
      ['metadata without correlation', without('correlationId')],
      ['metadata without causation', without('causationId')],
      ['metadata without time', without('occurredAt')],
      ['data that is a list', newEvent([])],
      ['undefined in the data', newEvent({ inside: [{ a: undefined }] })],
      ['a date in the data', newEvent({ on: new Date(0) })],
      ['a map in the data', newEvent({ map: new Map() })],
      ['an integer of 2^53', newEvent({ number: 2 ** 53 })],
      ['a bigint', newEvent({ number: 1n })],
      ['NaN', newEvent({ number: Number.NaN })],
      ['infinity', newEvent({ number: Number.POSITIVE_INFINITY })],
      ['data that holds itself', newEvent(circular)],
    ])('%s', async (_, event) => {
      const { store } = opened();
      const stream = newStream();
      expect(await refusalOf(store.append(stream, 'any', [newEvent(), event]))).toEqual({ code: 'invalid_event' });
      expect(await readStream(store, stream)).toEqual([]);
    });

    it('a batch without events, and one with an id twice', async () => {
      const { store } = opened();
      const event = newEvent();
      expect(await refusalOf(store.append(newStream(), 'any', []))).toEqual({ code: 'invalid_event' });
      expect(await refusalOf(store.append(newStream(), 'any', [event, event]))).toEqual({ code: 'invalid_event' });
    });

    it('an event of more than 1 MiB, but not one of just that', async () => {
      const { store, weaknesses } = opened();
      const empty = newEvent({ text: '' });
      const room = 1_048_576 - JSON.stringify(empty.data).length - JSON.stringify(empty.metadata).length;
      const exact = newEvent({ text: 'x'.repeat(room) });
      const over = newEvent({ text: `${'x'.repeat(room - 1)}é` });
      expect(await refusalOf(store.append(newStream(), 'any', [exact]))).toEqual(
        weaknesses?.includes('small_appends') ? { code: 'event_too_large' } : 'accepted',
      );
      expect(await refusalOf(store.append(newStream(), 'any', [over]))).toEqual({ code: 'event_too_large' });
    });

    it('a batch of more than 10,000 events, but not one of just that', async () => {
      const { store, weaknesses } = opened();
      const stream = newStream();
      const tooLarge = { code: 'batch_too_large' };
      expect(await refusalOf(store.append(stream, 'any', newEvents(10_001)))).toEqual(tooLarge);
      expect(await refusalOf(store.append(stream, 'none', newEvents(10_000)))).toEqual(
        weaknesses?.includes('small_appends') ? tooLarge : 'accepted',
      );
    });

    it('to append to or read categories that are not its own', async () => {
      const log = opened();
      const restricted = await log.restrictedTo(['contract_rare']);
      const forbidden = { code: 'category_forbidden' };
      const stream = newStream('contract_thing');
      await log.store.append(stream, 'none', [newEvent()]);
      expect(await refusalOf(restricted.append(stream, 'any', [newEvent()]))).toEqual(forbidden);
      expect(await refusalOf(restricted.append(newStream('contract_thing'), 'none', [newEvent()]))).toEqual(forbidden);
      expect(await refusalOf(readStream(restricted, stream))).toEqual(forbidden);
      expect(
        await refusalOf(restricted.readAll({ after: 0n, categories: ['contract_rare', 'contract_thing'] })),
      ).toEqual(forbidden);
      expect(await refusalOf(restricted.append(newStream('contract_rare'), 'none', [newEvent()]))).toBe('accepted');
    });
  });
}
