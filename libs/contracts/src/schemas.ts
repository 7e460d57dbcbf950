import { FormatRegistry, type Static, type TSchema, Type, type TUnsafe } from '@sinclair/typebox';

// The pieces that events and messages are made of. A plain Type.String() is free text, which events must seal.

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

FormatRegistry.Set('uuid', (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text));
FormatRegistry.Set('date-time', (text) => rfc3339.test(text) && !Number.isNaN(Date.parse(text)));

/** Text of a form in which nobody can tell a story, with an example of it. */
export const formed = (form: RegExp, example: string): TUnsafe<string> =>
  Type.Unsafe<string>(Type.String({ pattern: form.source, examples: [example] }));

/** A UUID in lower case. */
export const id = Type.Unsafe<string>(Type.String({ format: 'uuid' }));
export const staffIdPattern = /^[\x21-\x7e]{1,255}$/;
/** Subject of a member of staff in the identity provider. */
export const staffId = formed(staffIdPattern, 'amina.officer');
/** A UUID with or without its hyphens, in braces, or as `urn:uuid:`. */
const uuidSpelling =
  /^(?:urn:uuid:|\{)?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})\}?$/i;

/**
 * A staff id in the one form in which two of them are compared: a UUID in lower case with its hyphens, as which all its spellings are
 * the same; any other as it is, since to an identity provider its letters may differ by their case.
 */
export function comparedStaffId(id: string): string {
  const [, first, , ...others] = uuidSpelling.exec(id) ?? [];
  return first === undefined ? id : [first, ...others].join('-').toLowerCase();
}

/** Also as it may have been spelt where something was made of it before all spellings of a UUID were one. */
export function spellingsOfStaffId(id: string): readonly string[] {
  const one = comparedStaffId(id);
  if (!uuidSpelling.test(one)) return [one];
  const spelt = [one, one.toUpperCase()].flatMap((each) => [
    each,
    each.replaceAll('-', ''),
    `{${each}}`,
    `urn:uuid:${each}`,
  ]);
  return [...new Set([...spelt, id])];
}
export const instant = Type.Unsafe<string>(Type.String({ format: 'date-time' }));
export const month = formed(/^\d{4}-(0[1-9]|1[0-2])$/, '2026-03');
/** ISO 3166-1 alpha-2. */
export const country = formed(/^[A-Z]{2}$/, 'KE');
/**
 * A language tag of BCP 47: a language, and where they matter script and region. Nothing else, since variants and private subtags are
 * words of anybody's choice.
 */
export const languageTag = /^[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?$/;
/** ISO 3166-2. */
export const subdivision = formed(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'AR-B');

/** Somebody whom a reporter shuts out, for those who share the secret of the marks; for all others nobody. */
const shutOutMark = formed(/^[0-9a-f]{32}$/, '5f0c6f1e1d5c8a3e8f006a2f0e9d1c77');

/** Marks of whom a reporter shuts out; absent when there is nobody. */
export const shutOutMarks = Type.Optional(Type.Array(shutOutMark, { minItems: 1 }));

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
