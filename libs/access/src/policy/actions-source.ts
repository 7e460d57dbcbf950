import type * as cedar from './cedar.js';
import { PolicyError } from './policy.js';
import { readSchema } from './policy-schema.js';

type Attributes = Readonly<Record<string, cedar.TypeOfAttribute<string>>>;

/** The text of actions.ts: what TypeScript must know of the schema, so that the compiler checks every use of an action. */
export function actionsSource(schema: string): string {
  const { actions, entityTypes } = readSchema(schema);
  const named = Object.entries(actions)
    .filter(([, { appliesTo }]) => (appliesTo?.principalTypes.length ?? 0) > 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [name, { appliesTo }] of named)
    if (appliesTo?.principalTypes.includes('Anyone') && appliesTo.principalTypes.length > 1)
      throw new PolicyError(`${name} is for anybody without a token, or for those with one, not for both`);
  const resources = [...new Set(named.map(([name, { appliesTo }]) => resourceOf(name, appliesTo)))].toSorted();
  return [
    '// Made from waymark.cedarschema by npm run policies.',
    "import type { EntityRef } from './entity.js';",
    '',
    '/** Every command and query that a policy speaks of: who may ask at all, of which kind of thing, and whether it is judged what for. */',
    'export const actions = {',
    ...named.map(
      ([name, { appliesTo }]) =>
        `  ${name}: { principals: [${(appliesTo?.principalTypes ?? []).map(quoted).join(', ')}], resource: ${quoted(resourceOf(name, appliesTo))}${takesPurpose(appliesTo) ? ', purpose: true' : ''} },`,
    ),
    '} as const;',
    '',
    '/** Services that a policy may speak of. */',
    `export const knownServices: readonly string[] = [${namesOf(entityTypes.Service).map(quoted).join(', ')}];`,
    '',
    '/** What a policy may ask about each kind of thing. */',
    'export interface ResourceAttributes {',
    ...resources.map((type) => `  readonly ${type}: ${recordOf(attributesOf(entityTypes[type]))};`),
    '}',
    '',
    '/** What a policy may ask about the circumstances, for actions that have any. */',
    'export interface ActionContexts {',
    ...named.flatMap(([name, { appliesTo }]) => {
      const attributes = attributesIn(appliesTo?.context);
      return Object.keys(attributes).length === 0 ? [] : [`  readonly ${name}: ${recordOf(attributes)};`];
    }),
    '}',
    '',
  ].join('\n');
}

const takesPurpose = (appliesTo: cedar.ApplySpec<string> | undefined): boolean =>
  'purpose' in attributesIn(appliesTo?.context);

const quoted = (text: string): string => `'${text}'`;

function resourceOf(action: string, appliesTo: cedar.ApplySpec<string> | undefined): string {
  const [type, ...others] = appliesTo?.resourceTypes ?? [];
  if (type === undefined || others.length > 0) throw new PolicyError(`${action} needs one kind of resource`);
  return type;
}

const namesOf = (entity: cedar.EntityType<string> | undefined): readonly string[] =>
  entity && 'enum' in entity ? entity.enum : [];

const attributesOf = (entity: cedar.EntityType<string> | undefined): Attributes =>
  entity && 'shape' in entity ? attributesIn(entity.shape) : {};

const attributesIn = (record: object | undefined): Attributes =>
  record && 'attributes' in record ? (record.attributes as Attributes) : {};

function recordOf(attributes: Attributes): string {
  const fields = Object.entries(attributes).map(
    ([name, type]) => `readonly ${name}${type.required === false ? '?' : ''}: ${typeOf(type)}`,
  );
  return fields.length === 0 ? 'Record<never, never>' : `{ ${fields.join('; ')} }`;
}

function typeOf(type: cedar.Type<string>): string {
  if (type.type === 'Set' && 'element' in type) return `readonly ${typeOf(type.element)}[]`;
  if (type.type === 'Entity' && 'name' in type) return `EntityRef<'${String(type.name)}'>`;
  const plain = plainTypes[type.type];
  if (plain !== undefined) return plain;
  throw new PolicyError(`no type of TypeScript for ${type.type}`);
}

const plainTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Long: 'number',
  Bool: 'boolean',
  Boolean: 'boolean',
};
