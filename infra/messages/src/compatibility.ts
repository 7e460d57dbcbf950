import type { JsonSchema } from '@waymark/contracts';

export type Change =
  'property_removed' | 'property_required' | 'requiredness_changed' | 'type_changed' | 'codes_changed' | 'rule_changed';

export interface Break {
  /** JSON pointer of the field. */
  readonly at: string;
  readonly change: Change;
}

/** What is said about a value and not required of it. `x-extensible-enum` names the known codes of a list that is declared open. */
const annotations = ['title', 'description', 'examples', '$comment', 'x-extensible-enum'];

const handledApart = ['properties', 'required', 'items', 'type', 'enum'];

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = ({ properties }: JsonSchema): ReadonlyMap<string, JsonSchema> =>
  new Map(
    Object.entries(isSchema(properties) ? properties : {}).map(([name, field]) => [name, isSchema(field) ? field : {}]),
  );

const requiredOf = ({ required }: JsonSchema): readonly unknown[] => (Array.isArray(required) ? required : []);

const listOf = (codes: unknown): string => JSON.stringify(Array.isArray(codes) ? [...codes].map(String).sort() : codes);

function sameRules(before: JsonSchema, after: JsonSchema): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !annotations.includes(name) && !handledApart.includes(name))
    .every((name) => JSON.stringify(before[name]) === JSON.stringify(after[name]));
}

function* breaksBetween(before: JsonSchema, after: JsonSchema, at: string): Generator<Break> {
  if (JSON.stringify(before['type']) !== JSON.stringify(after['type'])) {
    yield { at, change: 'type_changed' };
    return;
  }
  if (listOf(before['enum']) !== listOf(after['enum'])) yield { at, change: 'codes_changed' };
  // A rule that is tighter refuses old messages, one that is looser makes messages that old readers refuse.
  if (!sameRules(before, after)) yield { at, change: 'rule_changed' };
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const [wasRequired, isRequired] = [requiredOf(before), requiredOf(after)];
  for (const [name, field] of was) {
    const now = is.get(name);
    if (!now) yield { at: `${at}/${name}`, change: 'property_removed' };
    else yield* breaksBetween(field, now, `${at}/${name}`);
    if (now && wasRequired.includes(name) !== isRequired.includes(name))
      yield { at: `${at}/${name}`, change: 'requiredness_changed' };
  }
  for (const name of is.keys())
    if (!was.has(name) && isRequired.includes(name)) yield { at: `${at}/${name}`, change: 'property_required' };
  const [itemsBefore, itemsAfter] = [before['items'], after['items']];
  if (isSchema(itemsBefore) && isSchema(itemsAfter)) yield* breaksBetween(itemsBefore, itemsAfter, `${at}/items`);
  else if (JSON.stringify(itemsBefore) !== JSON.stringify(itemsAfter)) yield { at, change: 'type_changed' };
}

/**
 * What keeps `after` from being the same version as `before`: readers of either must read messages of both, since old messages stay
 * on the topic and old readers stay deployed (full compatibility). Readers pass over unknown fields, so an optional one may be new.
 */
export const breaks = (before: JsonSchema, after: JsonSchema): readonly Break[] => [
  ...breaksBetween(before, after, ''),
];
