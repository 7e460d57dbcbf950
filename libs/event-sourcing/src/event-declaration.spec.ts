import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { readAsItIs } from './earlier-version.js';
import { declareEvents } from './event-declaration.js';

const closed = { additionalProperties: false } as const;
const text = Type.String();

describe('a field with room for free text', () => {
  it('does not compile unless it is sealed, and is refused when the compiler was not asked', () => {
    const unsealed = [
      // @ts-expect-error -- the note is not sealed
      () => declareEvents({ Noted: { version: 1, data: { note: text }, sealed: {} } }),
      // @ts-expect-error -- an optional one neither
      () => declareEvents({ Noted: { version: 1, data: { note: Type.Optional(text) }, sealed: {} } }),
      // @ts-expect-error -- nor several of them
      () => declareEvents({ Noted: { version: 1, data: { note: Type.Array(text) }, sealed: {} } }),
      () =>
        // @ts-expect-error -- nor one in an object
        declareEvents({ Noted: { version: 1, data: { note: Type.Object({ of: text }, closed) }, sealed: {} } }),
      () =>
        // @ts-expect-error -- nor one that may be something else
        declareEvents({ Noted: { version: 1, data: { note: Type.Union([Type.Integer(), text]) }, sealed: {} } }),
      // @ts-expect-error -- another field's seal does not help it
      () => declareEvents({ Noted: { version: 1, data: { note: text, by: text }, sealed: { by: 'client' } } }),
    ];
    for (const declare of unsealed) expect(declare).toThrow(/Noted has room for free text that is not sealed: note/);
  });

  it('is found where the compiler cannot see it', () => {
    const hidden = [
      Type.Unsafe<'kept' | 'lost'>(Type.String()),
      Type.Unsafe<number>({}),
      Type.Object({}),
      Type.Record(Type.String(), Type.Integer()),
      Type.Unknown(),
    ];
    for (const note of hidden)
      expect(() => declareEvents({ Noted: { version: 1, data: { note }, sealed: {} } })).toThrow(/not sealed: note/);
  });

  it('is fine when it is sealed, and not needed where only forms and codes fit', () => {
    const declared = declareEvents({
      Noted: {
        version: 1,
        data: { note: text, at: Type.Unsafe<string>(Type.String({ pattern: '^[0-9]+$' })) },
        sealed: { note: 'client' },
      },
      Counted: {
        version: 1,
        data: {
          times: Type.Integer(),
          kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
          seen: Type.Array(Type.Boolean()),
        },
        sealed: {},
      },
    });
    expect(Object.keys(declared)).toEqual(['Noted', 'Counted']);
  });
});

describe('the versions of an event', () => {
  it('are one more than those that went before', () => {
    const declare = (version: number) => () =>
      declareEvents({ Counted: { version, data: { times: Type.Integer() }, sealed: {}, earlier: [readAsItIs] } });
    expect(declare(2)).not.toThrow();
    expect(declare(1)).toThrow(/Counted has version 1 and 1 earlier/);
    expect(declare(3)).toThrow(/Counted has version 3 and 1 earlier/);
  });
});
