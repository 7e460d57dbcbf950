/** The part of JSON Schema that events are described with. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

const byFormat: Readonly<Record<string, string>> = {
  uuid: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
  'date-time': '2026-03-02T08:00:00.000Z',
};

/** A value that fits the schema, always the same: with every optional field, or with none. Throws where it does not know one. */
export function exampleOf(schema: JsonSchema, fields: 'all' | 'required'): unknown {
  const [written] = schema.examples ?? [];
  if (written !== undefined) return written;
  if (schema.const !== undefined) return schema.const;
  const [option] = schema.anyOf ?? [];
  if (option) return exampleOf(option, fields);
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return schema.items ? [exampleOf(schema.items, fields)] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => fields === 'all' || schema.required?.includes(name))
          .map(([name, field]) => [name, exampleOf(field, fields)]),
      );
    case undefined:
    default:
      throw new Error(`write examples for ${JSON.stringify(schema)}`);
  }
}

function textOf({ format, pattern }: JsonSchema): string {
  const text = format === undefined ? 'free text' : byFormat[format];
  if (text === undefined || pattern !== undefined)
    throw new Error(`write examples for texts of the form ${format ?? pattern}`);
  return text;
}
