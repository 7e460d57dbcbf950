import { describe, expect, it } from '@jest/globals';
import { type TObject, Type } from '@sinclair/typebox';
import { allMessages } from './catalogue.js';
import { type FactAttributes, withoutSealed } from './fact-attributes.js';
import { BrokenContract, defineMessage } from './message-contract.js';
import { schemaRulesBroken } from './message-rules.js';
import { closed, code, id, instant, staffId } from './schemas.js';

const door = { doorId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10', side: 'left' as const };
const doorOpened = defineMessage({
  type: 'test.door-opened.v1',
  title: 'A door was opened',
  summary: 'A door was opened.',
  key: 'door',
  schema: Type.Object(
    {
      doorId: id,
      side: code(['left', 'right']),
      by: Type.Optional(staffId),
      rooms: Type.Optional(Type.Array(Type.Object({ roomId: id }, closed))),
    },
    closed,
  ),
  examples: [door],
});

describe('every message', () => {
  it.each(allMessages)('$type has examples that keep its contract, and name the aggregate it is about', (contract) => {
    for (const example of contract.examples) {
      expect(contract.parse(example)).toEqual(example);
      expect(example).toHaveProperty(`${contract.key}Id`);
    }
  });

  it('has a name of its own, and says in words what it is', () => {
    expect(new Set(allMessages.map(({ type }) => type)).size).toBe(allMessages.length);
    for (const { title, summary, context, version, type } of allMessages) {
      expect([title.length > 10, summary.length > 20]).toEqual([true, true]);
      expect(type).toMatch(new RegExp(`^${context}\\..+\\.v${version}$`));
    }
  });
});

describe('a publisher', () => {
  it.each([
    ['an unknown field', { ...door, colour: 'red' }],
    ['a code that is not on the list', { ...door, side: 'above' }],
    ['a missing field', { side: 'left' }],
    ['a sealed value in the place of a code', { ...door, side: { $sealed: { subject: 's', data: 'x' } } }],
    ['a sentence in the place of an id of staff', { ...door, by: 'she told me' }],
    ['null', null],
  ])('cannot say %s', (_what, data) => {
    expect(() => doorOpened.parse(data)).toThrow(BrokenContract);
  });
});

describe('a consumer', () => {
  it('reads past fields that it does not know, wherever they stand, and does not keep them', () => {
    const roomId = door.doorId;
    const later = { ...door, colour: 'red', rooms: [{ roomId, floor: 2 }] };
    expect(doorOpened.read(later)).toEqual({ ...door, rooms: [{ roomId }] });
    expect(later.colour).toBe('red');
  });

  it.each([
    ['a code that it does not know', { ...door, side: 'above' }],
    ['a missing field', { side: 'left', colour: 'red' }],
    ['text instead of an object', 'door'],
    ['null', null],
  ])('refuses %s', (_what, data) => {
    expect(() => doorOpened.read(data)).toThrow(BrokenContract);
  });

  it('is told which fields are wrong, and none of what stood in them', () => {
    expect(() => doorOpened.read({ ...door, doorId: 'Huda Mansour' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('Huda') }),
    );
    expect(() => doorOpened.read({ ...door, doorId: 'x' })).toThrow(/\/doorId/);
  });
});

describe('a message cannot be declared', () => {
  it.each([
    ['with free text', 'free_text', Type.Object({ note: Type.String() }, closed)],
    ['with free text of a bounded length', 'free_text', Type.Object({ note: Type.String({ maxLength: 9 }) }, closed)],
    [
      'with a pattern that sentences match',
      'free_text',
      Type.Object({ note: Type.String({ pattern: '^.+$' }) }, closed),
    ],
    [
      'with a pattern that is not anchored',
      'free_text',
      Type.Object({ note: Type.String({ pattern: '[a-z]' }) }, closed),
    ],
    [
      'with a pattern that names match',
      'free_text',
      Type.Object({ n: Type.String({ pattern: '^[A-Za-z ]+$' }) }, closed),
    ],
    [
      'with a format that bounds nothing',
      'free_text',
      Type.Object({ note: Type.String({ format: 'idn-email' }) }, closed),
    ],
    [
      'with free text deep within',
      'free_text',
      Type.Object({ a: Type.Array(Type.Object({ b: Type.String() }, closed)) }, closed),
    ],
    ['with an open object', 'open_object', Type.Object({ doorId: id })],
    ['with an open object within', 'open_object', Type.Object({ inner: Type.Object({ doorId: id }) }, closed)],
    ['with sealed values', 'field_name', Type.Object({ $sealed: Type.Object({}, closed) }, closed)],
    ['with anything at all', 'unknown_kind', Type.Object({ any: Type.Any() }, closed)],
    ['with fields of any name', 'unknown_kind', Type.Object({ map: Type.Record(Type.String(), id) }, closed)],
    ['with text or a code', 'unknown_kind', Type.Object({ x: Type.Union([Type.String(), Type.Literal('a')]) }, closed)],
  ])('%s', (_what, rule, schema) => {
    expect(schemaRulesBroken(schema).map((each) => each.rule)).toContain(rule);
    const declare = () =>
      defineMessage<TObject>({
        type: 'test.door-opened.v1',
        title: 't',
        summary: 's',
        key: 'door',
        schema,
        examples: [{}],
      });
    expect(declare).toThrow(TypeError);
  });

  it.each(['test.DoorOpened.v1', 'test.door.v1', 'Test.door-opened.v1', 'test.door-opened.v0'] as const)(
    'under the name %s',
    (type) => {
      const schema = Type.Object({ doorId: id, at: instant }, closed);
      const examples = [{ doorId: door.doorId, at: '2026-03-02T08:00:00.000Z' }] as const;
      const declare = () => defineMessage({ type, title: 't', summary: 's', key: 'door', schema, examples });
      expect(declare).toThrow(TypeError);
    },
  );
});

describe('a fact', () => {
  const schema = Type.Object(
    {
      doorId: id,
      side: code(['left', 'right']),
      by: Type.Optional(staffId),
      seen: Type.Array(code(['cat', 'dog'])),
    },
    closed,
  );
  const declare = (fact: FactAttributes) =>
    defineMessage({
      ...{ type: 'test.door-counted.v1', title: 't', summary: 's', key: 'door', schema, fact },
      examples: [{ ...door, seen: ['cat'] }],
    });

  it.each([
    ['an attribute that is forgotten', { plain: ['side'], sealed: ['by'] }],
    ['an attribute that is both', { plain: ['side', 'by'], sealed: ['by', 'seen'] }],
    ['an attribute that it does not have', { plain: ['side', 'month'], sealed: ['by', 'seen'] }],
    ['something sealed that cannot be left out', { plain: ['seen'], sealed: ['side', 'by'] }],
    ['its id', { plain: ['side', 'doorId'], sealed: ['by', 'seen'] }],
  ])('cannot be declared with %s', (_what, fact) => {
    expect(() => declare(fact)).toThrow(TypeError);
  });

  it('goes without what is sealed when it has to, and keeps its contract', () => {
    const contract = declare({ plain: ['side'], sealed: ['by', 'seen'] });
    expect(withoutSealed(contract, { ...door, by: 'amina.officer', seen: ['cat'] })).toEqual({ ...door, seen: [] });
  });

  it.each(allMessages.filter(({ fact }) => fact))('$type says no more than is in the clear, then', (contract) => {
    const plain = [`${contract.key}Id`, ...(contract.fact?.plain ?? [])];
    for (const example of contract.examples) {
      const left = Object.entries(withoutSealed(contract, example)).filter(([, value]) => String(value) !== '');
      expect(plain).toEqual(expect.arrayContaining(left.map(([name]) => name)));
    }
  });
});
