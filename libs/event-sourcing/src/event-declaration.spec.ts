import { describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { disclosable, never, sealedFor } from './disclosed.js';
import { readAsItIs } from './earlier-version.js';
import { declareEvents } from './event-declaration.js';

const closed = { additionalProperties: false } as const;
const text = Type.String();
const seal = sealedFor('client', 'narrative');

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
      () => declareEvents({ Noted: { version: 1, data: { note: text, by: text }, sealed: { by: seal } } }),
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
        sealed: { note: seal },
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

describe('a field that tells of a person', () => {
  const envelope = Type.Object({ $sealed: Type.Object({ data: Type.Integer() }, closed) }, closed);
  const parts = Type.Object({ face: Type.Optional(envelope), house: Type.Optional(envelope) }, closed);

  it('does not compile without a data category or a reason why it never leaves, and is refused when the compiler was not asked', () => {
    const unsaid = [
      // @ts-expect-error -- a seal says whose key it is and no more
      () => declareEvents({ Noted: { version: 1, data: { note: text }, sealed: { note: 'client' } } }),
      // @ts-expect-error -- the same in its long form
      () => declareEvents({ Noted: { version: 1, data: { note: text }, sealed: { note: { subject: 'client' } } } }),
      () =>
        declareEvents({
          // @ts-expect-error -- not a data category that a client is asked for
          Noted: { version: 1, data: { note: text }, sealed: { note: sealedFor('client', 'gossip') } },
        }),
      () =>
        declareEvents({
          Noted: { version: 1, data: { note: text }, sealed: { note: sealedFor('client', never('')) } },
        }),
    ];
    for (const declare of unsaid)
      expect(declare).toThrow(/Noted does not say as what it may be disclosed, or why never: note/);
  });

  it('says so for each of its parts when they lie in envelopes', () => {
    const data = { album: parts };
    const unsaid = [
      // @ts-expect-error -- of none of them
      () => declareEvents({ Kept: { version: 1, data, sealed: {} } }),
      // @ts-expect-error -- of one of two
      () => declareEvents({ Kept: { version: 1, data, sealed: {}, enveloped: { album: { face: 'identity' } } } }),
    ];
    for (const declare of unsaid) expect(declare).toThrow(/or why never: .*album\.house/);
    const said = { album: { face: 'identity', house: never('drawn for the desk') } } as const;
    expect(() => declareEvents({ Kept: { version: 1, data, sealed: {}, enveloped: said } })).not.toThrow();
  });

  it('leaves under its own category only; what is never disclosed, or is no such field, does not leave at all', () => {
    const { Told } = declareEvents({
      Told: {
        version: 1,
        data: { at: Type.Integer(), story: text, pain: text, aside: text, album: parts },
        sealed: {
          story: sealedFor('client', 'narrative'),
          pain: sealedFor('client', 'medical'),
          aside: sealedFor('client', never('for the desk')),
        },
        enveloped: { album: { face: 'identity', house: 'workplace' } },
      },
    });
    const [face, house] = [{ $sealed: { data: 1 } }, { $sealed: { data: 2 } }];
    const data = { at: 1, story: 'a', pain: 'b', aside: 'c', album: { face, house }, smuggled: 'd' };
    expect(disclosable(Told, data, ['narrative'])).toEqual({ story: 'a' });
    expect(disclosable(Told, data, ['medical', 'workplace'])).toEqual({ pain: 'b', album: { house } });
    expect(disclosable(Told, data, ['risk'])).toEqual({});
    expect(disclosable(Told, data, [])).toEqual({});
  });
});
