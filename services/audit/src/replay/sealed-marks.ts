export const SEALED = '[sealed]';

/** Replaces every sealed value, however deep, by a mark, and names where they stood. Neither opens nor shows an envelope. */
export function markSealed(data: object): {
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealedFields: readonly string[];
} {
  const sealedFields: string[] = [];
  const mark = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each, index) => mark(each, `${path}[${index}]`));
    if ('$sealed' in value) {
      sealedFields.push(path);
      return SEALED;
    }
    return marked(value, `${path}.`);
  };
  const marked = (object: object, prefix: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, mark(value, `${prefix}${name}`)]));
  return { data: marked(data, ''), sealedFields };
}
