import { FormatRegistry, type Static, type TSchema, Type, type TUnsafe } from '@sinclair/typebox';

// The pieces that events and messages are made of.

FormatRegistry.Set('uuid', (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text));
FormatRegistry.Set('date-time', (text) => !Number.isNaN(Date.parse(text)));

/** A UUID in lower case. */
export const id = Type.String({ format: 'uuid' });
export const staffId = Type.String({ minLength: 1, maxLength: 255 });
export const instant = Type.String({ format: 'date-time' });

/** A code of a code list. */
export const code = <const Codes extends readonly string[]>(codes: Codes): TUnsafe<Codes[number]> =>
  Type.Unsafe<Codes[number]>(Type.Union(codes.map((each) => Type.Literal(each))));

/** An object with a value for some codes of a code list. */
export const byCode = <const Codes extends readonly string[], Value extends TSchema>(
  codes: Codes,
  value: Value,
): TUnsafe<{ [Code in Codes[number]]?: Static<Value> }> =>
  Type.Unsafe(Type.Object(Object.fromEntries(codes.map((each) => [each, Type.Optional(value)])), closed));

/** Only the fields that are named. */
export const closed = { additionalProperties: false } as const;
