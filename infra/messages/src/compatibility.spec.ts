import { describe, expect, it } from '@jest/globals';
import { breaks } from './compatibility.js';

const text = { type: 'string', format: 'uuid' };
const codes = { type: 'string', enum: ['left', 'right'] };
const published = {
  type: 'object',
  additionalProperties: false,
  required: ['doorId', 'side', 'rooms'],
  properties: {
    doorId: text,
    side: codes,
    count: { type: 'integer', minimum: 1 },
    rooms: { type: 'array', items: { type: 'object', required: ['roomId'], properties: { roomId: text } } },
  },
};
const { properties, required } = published;
const withField = (name: string, field: object) => ({ ...published, properties: { ...properties, [name]: field } });

describe('a published version stays the same version', () => {
  it.each([
    ['as it is', published],
    ['with a new optional field', withField('colour', codes)],
    ['with its fields and codes in another order', { ...withField('side', { ...codes, enum: ['right', 'left'] }) }],
    ['with other words about it', withField('side', { ...codes, title: 'The side', description: 'Which side.' })],
  ])('%s', (_what, now) => {
    expect(breaks(published, now)).toEqual([]);
  });

  it('when a list that is declared open gets a further code', () => {
    const open = (known: readonly string[]) =>
      withField('mood', { type: 'string', pattern: '^[a-z_]+$', 'x-extensible-enum': known });
    expect(breaks(open(['calm']), open(['calm', 'tense']))).toEqual([]);
  });
});

const { side: _side, ...withoutSide } = properties;
const { count: _count, ...withoutCount } = properties;
const requiring = (...names: readonly string[]) => ({ ...published, required: [...required, ...names] });

describe('a published version is broken', () => {
  it.each([
    [
      'by removing a required field',
      '/side',
      'property_removed',
      { ...published, required: ['doorId', 'rooms'], properties: withoutSide },
    ],
    ['by removing an optional field', '/count', 'property_removed', { ...published, properties: withoutCount }],
    [
      'by renaming a field',
      '/count',
      'property_removed',
      { ...published, properties: { ...withoutCount, number: properties.count } },
    ],
    ['by another type', '/count', 'type_changed', withField('count', text)],
    ['by one thing becoming a list', '/doorId', 'type_changed', withField('doorId', { type: 'array', items: text })],
    [
      'by a new field that is required',
      '/colour',
      'property_required',
      { ...withField('colour', codes), required: [...required, 'colour'] },
    ],
    ['by an optional field that is required now', '/count', 'requiredness_changed', requiring('count')],
    [
      'by a required field that may be missing now',
      '/side',
      'requiredness_changed',
      { ...published, required: ['doorId', 'rooms'] },
    ],
    [
      'by a code more, which old readers refuse',
      '/side',
      'codes_changed',
      withField('side', { ...codes, enum: ['left', 'right', 'up'] }),
    ],
    [
      'by a code less, which old messages have',
      '/side',
      'codes_changed',
      withField('side', { ...codes, enum: ['left'] }),
    ],
    ['by a code list where there was none', '/doorId', 'codes_changed', withField('doorId', { ...text, enum: ['a'] })],
    ['by another format', '/doorId', 'rule_changed', withField('doorId', { type: 'string', format: 'date-time' })],
    ['by a tighter bound', '/count', 'rule_changed', withField('count', { type: 'integer', minimum: 2 })],
    ['by a looser bound', '/count', 'rule_changed', withField('count', { type: 'integer' })],
    ['by opening the object', '', 'rule_changed', { ...published, additionalProperties: true }],
    [
      'by a keyword that nobody has judged',
      '/side',
      'rule_changed',
      withField('side', { ...codes, not: { const: 'left' } }),
    ],
    [
      ...(['within a list', '/rooms/items/roomId', 'property_removed'] as const),
      withField('rooms', { type: 'array', items: { type: 'object', required: [], properties: {} } }),
    ],
  ])('%s', (_what, at, change, now) => {
    expect(breaks(published, now)).toContainEqual({ at, change });
  });
});
