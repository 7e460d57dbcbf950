import type { TObject } from '@sinclair/typebox';

/** What a fact says, by whether the log says the same in the clear (docs/adr/0040-facts-hide-among-those-that-look-like-them.md). */
export interface FactAttributes {
  /** In the event in the clear, or following from what is: whoever has the log can look for the fact by it. */
  readonly plain: readonly string[];
  /** Sealed in the event: what would be learned of a fact that is found. Optional, or a list, so that it can be left out. */
  readonly sealed: readonly string[];
}

/** What is wrong with the attributes of a fact: every property but the id has to be one of the two. */
export function attributesBroken(schema: TObject, id: string, { plain, sealed }: FactAttributes): readonly string[] {
  const named = [...plain, ...sealed];
  const properties = Object.keys(schema.properties).filter((name) => name !== id);
  const required: readonly string[] = schema.required ?? [];
  const mayBeMissing = (name: string): boolean => {
    const property = schema.properties[name];
    return !required.includes(name) || (property?.['type'] === 'array' && property['minItems'] === undefined);
  };
  return [
    ...properties.filter((name) => !named.includes(name)).map((name) => `/${name}: neither_plain_nor_sealed`),
    ...plain.filter((name) => sealed.includes(name)).map((name) => `/${name}: plain_and_sealed`),
    ...named.filter((name) => !properties.includes(name)).map((name) => `/${name}: not_there`),
    ...sealed.filter((name) => !mayBeMissing(name)).map((name) => `/${name}: cannot_be_left_out`),
  ];
}

/** As much of a message's contract as tells what of it is sealed. */
interface Declared {
  readonly fact?: FactAttributes;
  readonly schema: TObject;
  readonly parse: (data: unknown) => object;
}

/** The fact as it may go without a crowd: what is in the clear anyway, of all else nothing. */
export function withoutSealed({ fact, schema, parse }: Declared, data: object): object {
  const required: readonly string[] = schema.required ?? [];
  const left = Object.entries(data).filter(([name]) => !fact?.sealed.includes(name));
  const emptied = fact?.sealed.filter((name) => required.includes(name)).map((name) => [name, []] as const);
  return parse(Object.fromEntries([...left, ...(emptied ?? [])]));
}
