/** A JSON schema, or a part of one. */
export type JsonSchema = Readonly<Partial<Record<string, unknown>>>;

export interface BrokenRule {
  /** JSON pointer of the field. */
  readonly at: string;
  readonly rule: 'open_object' | 'free_text' | 'field_name' | 'unknown_kind';
}

const formats: readonly unknown[] = ['uuid', 'date-time'];

// What people write or say about a matter: a pattern that lets one of these through is free text by another name.
const probes = ['She told me on the phone.', 'Huda Mansour', 'أحتاج إلى مساعدة', 'first\nsecond', ' '];

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCode = (value: unknown): boolean => isSchema(value) && typeof value['const'] === 'string';

function isBounded({ enum: codes, const: code, format, pattern }: JsonSchema): boolean {
  if (Array.isArray(codes) || typeof code === 'string') return true;
  if (format !== undefined) return formats.includes(format);
  if (typeof pattern !== 'string' || !pattern.startsWith('^') || !pattern.endsWith('$')) return false;
  const expression = new RegExp(pattern, 'u');
  return !probes.some((probe) => expression.test(probe));
}

function* rulesBroken(schema: JsonSchema, at: string): Generator<BrokenRule> {
  const { type, anyOf, properties, items, additionalProperties } = schema;
  if (Array.isArray(anyOf) && anyOf.every(isCode)) return;
  if (type === 'object' && isSchema(properties)) {
    if (additionalProperties !== false) yield { at, rule: 'open_object' };
    for (const [name, field] of Object.entries(properties)) {
      // `$sealed`, the mark of sealed values, is no name either.
      if (!/^[a-z][A-Za-z0-9]*$/.test(name)) yield { at: `${at}/${name}`, rule: 'field_name' };
      yield* rulesBroken(isSchema(field) ? field : {}, `${at}/${name}`);
    }
  } else if (type === 'array' && isSchema(items)) yield* rulesBroken(items, `${at}/items`);
  else if (type === 'string') {
    if (!isBounded(schema)) yield { at, rule: 'free_text' };
  } else if (type !== 'integer' && type !== 'boolean') yield { at, rule: 'unknown_kind' };
}

/** What forbids this schema in a message: open objects, free text, and every kind of value that could carry either. */
export const schemaRulesBroken = (schema: JsonSchema): readonly BrokenRule[] => [...rulesBroken(schema, '')];

/** The schema as plain JSON, code lists as `enum`. */
export function toJsonSchema(schema: object): JsonSchema {
  const plain: JsonSchema = JSON.parse(JSON.stringify(schema), (_name, value: unknown): unknown => {
    if (!isSchema(value) || !Array.isArray(value['anyOf']) || !value['anyOf'].every(isCode)) return value;
    const { anyOf, ...rest } = value;
    return { ...rest, type: 'string', enum: anyOf.map((each: JsonSchema) => each['const']) };
  });
  return plain;
}
