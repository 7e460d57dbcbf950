import { describe, expect, it } from '@jest/globals';
import type { EventMetadata, EventToAppend } from '../port.js';
import { ids, newEvent, newEvents, newStream, readStream, refusalOf, type Opened } from './log-under-contract.js';

const nested = (levels: number): object => (levels === 0 ? {} : { in: nested(levels - 1) });

/** As a caller without types could send it. */
const withMetadata = (changed: object): EventToAppend => {
  const event = newEvent();
  const metadata: EventMetadata = Object.assign({ ...event.metadata }, changed);
  return { ...event, metadata };
};

export function describeKeepingExactly(opened: Opened): void {
  describe('keeping exactly or refusing', () => {
    it.each([
      ['numbers beyond 2^53 as text', { big: '9007199254740993', negative: '-123456789012345678901234567890' }],
      ['the largest and smallest whole numbers', { most: 2 ** 53 - 1, least: -(2 ** 53 - 1) }],
      ['fractions to their last digit', { a: 0.1 + 0.2, b: 1.7976931348623157, c: 2.2250738585072014e-308 }],
      ['times as text, with their offset', { at: '2026-03-02T08:00:00.000000+05:45' }],
      ['keys that languages use themselves', JSON.parse('{"__proto__":{"a":1},"constructor":1,"toString":null}')],
      ['keys in other alphabets, empty and with line ends', { الاسم: 1, '': 2, 'a\nb': 3, ' ': 4 }],
      ['64 levels', nested(64)],
    ] as const)('keeps %s', async (_, data: object) => {
      const { store } = opened();
      const stream = newStream();
      await store.append(stream, 'none', [newEvent(data)]);
      const [read] = await readStream(store, stream);
      expect(read?.stored.data).toBe(JSON.stringify(data));
      expect(JSON.stringify(read?.data)).toBe(JSON.stringify(data));
    });

    it.each([
      ['a whole number below -2^53', newEvent({ number: -(2 ** 53) })],
      ['a whole number of 22 digits', newEvent({ number: 1e21 })],
      ['one in a list in an object', newEvent({ list: [{ number: 2 ** 60 }] })],
      ['65 levels', newEvent(nested(65))],
      ['no metadata at all', Object.assign({ ...newEvent() }, { metadata: undefined })],
      ['metadata null', Object.assign({ ...newEvent() }, { metadata: null })],
      ['metadata that are text', Object.assign({ ...newEvent() }, { metadata: 'by me' })],
      ['metadata that are a list', Object.assign({ ...newEvent() }, { metadata: [] })],
      ['an actor that is text', withMetadata({ actor: 'officer-1' })],
      ['an actor null', withMetadata({ actor: null })],
      ['an actor without id', withMetadata({ actor: { kind: 'officer' } })],
      ['an actor without kind', withMetadata({ actor: { id: 'officer-1' } })],
      ['an actor whose id is a number', withMetadata({ actor: { kind: 'officer', id: 7 } })],
      ['an empty correlation', withMetadata({ correlationId: '' })],
      ['a causation that is a number', withMetadata({ causationId: 7 })],
      ['a time that is a number', withMetadata({ occurredAt: 1_772_438_400_000 })],
      ['a time that is a date', withMetadata({ occurredAt: new Date(0) })],
      ['a time with an offset', withMetadata({ occurredAt: '2026-03-02T08:00:00+01:00' })],
      ['a time without a zone', withMetadata({ occurredAt: '2026-03-02T08:00:00' })],
      ['a day alone', withMetadata({ occurredAt: '2026-03-02' })],
      ['a thirteenth month', withMetadata({ occurredAt: '2026-13-02T08:00:00Z' })],
      ['a 25th hour', withMetadata({ occurredAt: '2026-03-02T25:00:00Z' })],
      ['a purpose that is an object', withMetadata({ purpose: { why: 'x' } })],
      ['a unit that is a number', withMetadata({ unit: 7 })],
      ['on whose behalf as a list', withMetadata({ onBehalfOf: ['x'] })],
    ] as const)('refuses %s', async (_, event: EventToAppend) => {
      const { store } = opened();
      const stream = newStream();
      expect(await refusalOf(store.append(stream, 'any', [newEvent(), event]))).toEqual({ code: 'invalid_event' });
      expect(await readStream(store, stream)).toEqual([]);
    });

    it('refuses a batch of more than 64 MiB', async () => {
      const { store } = opened();
      const stream = newStream();
      const text = 'x'.repeat(1_000_000);
      const batch = newEvents(68).map((event) => ({ ...event, data: { text } }));
      expect(await refusalOf(store.append(stream, 'any', batch))).toEqual({ code: 'batch_too_large' });
      expect(await readStream(store, stream)).toEqual([]);
    });

    it('takes the longest name, and every letter that a name may have', async () => {
      const { store } = opened();
      for (const stream of [`${newStream()}-${'x'.repeat(91)}`, `${newStream()}-AZ_az-09_`, `${newStream()}--_`]) {
        const [event] = newEvents(1);
        await store.append(stream, 'none', event ? [event] : []);
        expect(ids(await readStream(store, stream))).toEqual([event?.id]);
      }
    });
  });

  describe('a stream, read', () => {
    const batch = newEvents(10);
    const all = ids(batch);
    const stream = newStream();
    it.each([
      ['from beyond its end, forwards', { from: 10 }, []],
      ['from far beyond its end, forwards', { from: 9_000_000_000 }, []],
      ['from beyond its end, backwards', { from: 9_000_000_000, direction: 'backwards' }, [...all].reverse()],
      ['from its end, backwards', { from: 9, direction: 'backwards' }, [...all].reverse()],
      ['from the middle, backwards', { from: 4, direction: 'backwards' }, all.slice(0, 5).reverse()],
      ['from the middle, backwards, some', { from: 4, direction: 'backwards', limit: 2 }, all.slice(3, 5).reverse()],
      ['from its start, backwards', { from: 0, direction: 'backwards' }, all.slice(0, 1)],
      ['from its last event, forwards', { from: 9 }, all.slice(9)],
      ['none of it, forwards', { limit: 0 }, []],
      ['none of it, backwards', { limit: 0, direction: 'backwards' }, []],
      ['more than there is', { from: 7, limit: 1_000 }, all.slice(7)],
    ] as const)('%s', async (_, options, expected) => {
      const { store } = opened();
      await store.append(stream, 'any', batch);
      expect(ids(await readStream(store, stream, options))).toEqual(expected);
    });
  });
}
