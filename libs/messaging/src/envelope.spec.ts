import { describe, expect, it } from '@jest/globals';
import { CloudEvent, ValidationError } from 'cloudevents';
import { derivedId } from './derived-id.js';
import { decodeMessage, encodeMessage, UnreadableMessage } from './envelope.js';
import type { Message } from './port.js';

const message: Message = {
  specversion: '1.0',
  id: 'one',
  source: '/waymark/test',
  type: 'test.something-happened.v1',
  subject: 'a',
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence: 1,
  correlationid: 'correlation',
  causationid: 'causation',
  data: { text: 'أحتاج 👩🏽‍⚕️' },
};

describe('the envelope', () => {
  it('comes back as it went', () => {
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
  });

  it.each([
    ['not JSON in UTF-8', 'nonsense'],
    ['not a JSON object', '[]'],
    ['not a JSON object', 'null'],
    ['specversion is not 1.0', JSON.stringify({ ...message, specversion: '0.3' })],
    ['id is not a text', JSON.stringify({ ...message, id: '' })],
    ['subject is not a text', JSON.stringify({ ...message, subject: 7 })],
    ['time is not a time', JSON.stringify({ ...message, time: 'yesterday' })],
    ['datacontenttype is not application/json', JSON.stringify({ ...message, datacontenttype: 'text/plain' })],
    ['sequence is not a number from 1', JSON.stringify({ ...message, sequence: 1.5 })],
    ['sequence is not a number from 1', JSON.stringify({ ...message, sequence: 2 ** 31 })],
    ['time is not a time', JSON.stringify({ ...message, time: 'she came on 2' })],
    ['partitionkey is not the subject', JSON.stringify({ ...message, partitionkey: 'b' })],
    ['an attribute is none of CloudEvents', JSON.stringify({ ...message, correlationId: 'x' })],
    ['an attribute is none of CloudEvents', JSON.stringify({ ...message, a23456789012345678901: 'x' })],
    ['an attribute is none of CloudEvents', JSON.stringify({ ...message, extension: { nested: true } })],
    ['traceparent is not a text', JSON.stringify({ ...message, traceparent: 1 })],
    ['data is not an object', JSON.stringify({ ...message, data: 'text' })],
  ])('says why it cannot be read: %s', (reason, record) => {
    expect(() => decodeMessage(Buffer.from(record))).toThrow(new UnreadableMessage(reason));
  });

  it('is a CloudEvent to the letter of the SDK', () => {
    const { sequence, ...rest } = new CloudEvent({ ...message, partitionkey: 'a' }, true).toJSON();
    expect({ ...rest, sequence }).toEqual({ ...message, partitionkey: 'a' });
    expect(() => new CloudEvent({ ...message, correlationId: 'x' }, true)).toThrow(ValidationError);
  });

  it('is read with attributes that are not known here', () => {
    const later = { ...message, severity: 3, tenant: 'x' };
    expect(decodeMessage(Buffer.from(JSON.stringify(later)))).toEqual(later);
  });

  it('is not written when no one could read it', () => {
    expect(() => encodeMessage({ ...message, sequence: 0 })).toThrow(UnreadableMessage);
  });
});

describe('a derived id', () => {
  it('is the same for the same parts for ever', () => {
    expect(derivedId('message', 'event-1', 'test.v1')).toBe(derivedId('message', 'event-1', 'test.v1'));
    // Written down: a change would repeat every effect on the platform.
    expect(derivedId('waymark')).toBe('3e1bf50b-2ac4-8766-883e-dedbb42c0ee1');
  });

  it('is a UUID of version 8', () => {
    expect(derivedId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('keeps its parts apart', () => {
    expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
    expect(derivedId('a')).not.toBe(derivedId('a', ''));
  });
});
