import * as cedar from './cedar.js';
import { messagesOf, PolicyError } from './policy.js';

/** An action that is asked for, with the kinds of principal that it is for and the kind of thing that it is about. */
export interface DeclaredAction {
  readonly action: string;
  readonly principals: readonly string[];
  readonly resource: string;
}

/** The schema of a policy set, as Cedar reads it. Throws a `PolicyError` when it cannot be read. */
export function readSchema(text: string) {
  const read = cedar.schemaToJsonWithResolvedTypes(text);
  if (read.type === 'failure') throw new PolicyError(messagesOf(read.errors));
  const { actions = {}, entityTypes = {} } = read.json[''] ?? {};
  return { actions, entityTypes };
}

type Read = ReturnType<typeof readSchema>;

/** What a set of policies can speak of. */
export class PolicySchema {
  private readonly read: Read;
  private readonly groups: ReadonlyMap<string, readonly string[]>;

  /** Throws a `PolicyError` when it cannot be read. */
  constructor(text: string) {
    this.read = readSchema(text);
    this.groups = groupsIn(this.read);
  }

  /** The groups that an action belongs to, near and far. */
  groupsOf(action: string): readonly string[] {
    return this.groups.get(action) ?? [];
  }

  /** The actions of a group, near and far, by name; groups themselves left out. */
  actionsIn(group: string): readonly DeclaredAction[] {
    return [...this.groups].flatMap(([action, groups]) => {
      const { principalTypes = [], resourceTypes = [] } = this.read.actions[action]?.appliesTo ?? {};
      const [resource] = resourceTypes;
      if (!groups.includes(group) || resource === undefined) return [];
      return [{ action, principals: principalTypes, resource }];
    });
  }

  /** The ids of a kind of entity of which there are no others, such as `Role`. */
  idsOf(type: string): readonly string[] {
    const entity = this.read.entityTypes[type];
    return entity && 'enum' in entity ? entity.enum : [];
  }

  /** What policies may ask about a kind of thing. */
  attributesOf(type: string): readonly string[] {
    const entity = this.read.entityTypes[type];
    const shape = entity && 'shape' in entity ? entity.shape : undefined;
    return shape && 'attributes' in shape ? Object.keys(shape.attributes as object) : [];
  }
}

function groupsIn({ actions }: Read): ReadonlyMap<string, readonly string[]> {
  const above = (action: string): readonly string[] =>
    (actions[action]?.memberOf ?? []).flatMap(({ id }) => [id, ...above(id)]);
  return new Map(
    Object.keys(actions)
      .toSorted()
      .map((action) => [action, above(action)]),
  );
}
