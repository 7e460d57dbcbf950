/** A schema as golden files record it: lists of codes are `enum`. */
export interface RecordedSchema {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly items?: RecordedSchema;
  readonly properties?: Readonly<Record<string, RecordedSchema>>;
  readonly required?: readonly string[];
}

export interface Variant {
  /** In what it differs from the example. */
  readonly by: string;
  readonly data: unknown;
}

/** What else fits a schema beside an example: each differs in one code, one yes or no, or one optional field left out. */
export function variantsOf(schema: RecordedSchema, data: unknown, at = ''): readonly Variant[] {
  if (schema.enum)
    return schema.enum.filter((code) => code !== data).map((code) => ({ by: `${at} is ${code}`, data: code }));
  if (typeof data === 'boolean') return [{ by: `${at} is ${!data}`, data: !data }];
  if (Array.isArray(data) && schema.items) {
    const [first] = data;
    return variantsOf(schema.items, first, at).map((each) => ({ ...each, data: [each.data] }));
  }
  if (typeof data !== 'object' || data === null) return [];
  const fields = data as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (!Object.hasOwn(fields, name)) return [];
    const path = at === '' ? name : `${at}.${name}`;
    const { [name]: value, ...others } = fields;
    const within = variantsOf(property, value, path).map((each) => ({
      ...each,
      data: { ...fields, [name]: each.data },
    }));
    return schema.required?.includes(name) ? within : [{ by: `without ${path}`, data: others }, ...within];
  });
}
