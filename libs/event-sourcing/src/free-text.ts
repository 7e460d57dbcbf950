import type { TArray, TObject, TProperties, TSchema, TString, TUnion } from '@sinclair/typebox';

/** Names of the fields that have room for free text: what stands there may name somebody, so it has to be sealed. */
export type FreeTextFields<Fields extends TProperties> = {
  [Field in keyof Fields]: true extends HasFreeText<Fields[Field]> ? Field : never;
}[keyof Fields];

/** As `roomForFreeText`, for the compiler. It sees plain strings, also in objects, lists and unions; `declareEvents` sees the rest. */
type HasFreeText<Schema> = Schema extends TString
  ? true
  : Schema extends TArray<infer Item>
    ? HasFreeText<Item>
    : Schema extends TUnion<infer Options>
      ? HasFreeText<Options[number]>
      : Schema extends TObject<infer Fields>
        ? HasFreeText<Fields[keyof Fields]>
        : false;

/** The part of JSON Schema that events are described with. */
interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly properties?: TProperties;
  readonly additionalProperties?: unknown;
}

/**
 * Paths in a schema where free text would be let in: strings without a code, a format or a pattern, and whatever may hold anything,
 * such as an object with fields that are not named.
 */
export function roomForFreeText(schema: TSchema, path: string): readonly string[] {
  const { type, anyOf, items, properties = {}, additionalProperties, ...form } = schema as JsonSchema;
  if (anyOf) return anyOf.flatMap((option) => roomForFreeText(option, path));
  if (type === 'string')
    return form.const !== undefined || form.format !== undefined || form.pattern !== undefined ? [] : [path];
  if (type === 'array' && items) return roomForFreeText(items, `${path}[]`);
  if (type === 'object' && additionalProperties === false)
    return Object.entries(properties).flatMap(([name, field]) => roomForFreeText(field, `${path}.${name}`));
  return ['boolean', 'integer', 'number'].includes(type ?? '') ? [] : [path];
}
