import { FormatRegistry, Type, type TUnsafe } from '@sinclair/typebox';

FormatRegistry.Set('uuid', (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text));
FormatRegistry.Set(
  'date-time',
  (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
);

export const id = Type.String({ format: 'uuid' });
export const staffId = Type.String({ pattern: '^[\\x21-\\x7e]{1,255}$' });
export const instant = Type.String({ format: 'date-time' });

/** A code of a code list. */
export const code = <const Codes extends readonly string[]>(codes: Codes): TUnsafe<Codes[number]> =>
  Type.Unsafe<Codes[number]>(Type.Union(codes.map((each) => Type.Literal(each))));

export const closed = { additionalProperties: false } as const;
