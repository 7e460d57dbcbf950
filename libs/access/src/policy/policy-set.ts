import * as cedar from './cedar.js';
import { atTheDoor } from './door-policy.js';
import { messagesOf, type Policy, PolicyError, readPolicies } from './policy.js';
import { PolicySchema } from './policy-schema.js';
import type { PolicySources } from './policy-sources.js';

/** What is asked of a policy set, in Cedar's own terms. */
export interface CedarRequest {
  readonly action: string;
  readonly principal: cedar.EntityJson;
  readonly resource: cedar.EntityJson;
  readonly context: cedar.Context;
}

export interface CedarAnswer {
  readonly allowed: boolean;
  /** Those that decided, in the order of the set: permits, or the forbids that overrule them. */
  readonly policies: readonly Policy[];
}

let opened = 0;

/**
 * Parsed and validated policies. Per action it keeps only those whose head speaks of the action; the others could not match.
 * Default deny, and a forbid wins.
 */
export class PolicySet {
  readonly policies: readonly Policy[];
  readonly schema: PolicySchema;
  private readonly name = `policies-${(opened += 1)}`;
  private readonly prepared = new Set<string>();

  /** Throws a `PolicyError` that names every policy which is malformed or does not fit the schema. */
  constructor({ schema, files }: PolicySources) {
    this.policies = Object.entries(files).flatMap(([file, text]) => readPolicies(file, text));
    const ids = this.policies.map(({ id }) => id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    if (twice.length > 0) throw new PolicyError(`two policies are called ${twice.join(', ')}`);
    demandValid(schema, this.policies);
    this.schema = new PolicySchema(schema);
    const kept = cedar.preparseSchema(this.name, schema);
    if (kept.type === 'failure') throw new PolicyError(messagesOf(kept.errors));
  }

  /** The full decision. Throws when something does not fit the schema, instead of deciding without it. */
  decide(request: CedarRequest): CedarAnswer {
    const name = this.slice('', request.action, (policy) => policy.text);
    return this.ask(request, { preparsedPolicySetId: name, preparsedSchemaName: this.name });
  }

  /** True when somebody might be allowed an action on some resource: permits without what they say of resource and context. */
  mightAllow(action: string, principal: cedar.EntityJson): boolean {
    const name = this.slice('door of ', action, ({ effect, json }) =>
      effect === 'permit' ? atTheDoor(json) : undefined,
    );
    const resource = { uid: { type: 'Waymark', id: 'door' }, attrs: {}, parents: [] };
    // Without the schema, which would ask for the attributes and the context that are left out here.
    return this.ask({ action, principal, resource, context: {} }, { preparsedPolicySetId: name }).allowed;
  }

  private ask(
    { action, principal, resource, context }: CedarRequest,
    prepared: Pick<cedar.StatefulAuthorizationCall, 'preparsedPolicySetId' | 'preparsedSchemaName'>,
  ): CedarAnswer {
    const answer = cedar.statefulIsAuthorized({
      principal: principal.uid,
      action: { type: 'Action', id: action },
      resource: resource.uid,
      context,
      entities: [principal, resource],
      validateRequest: false,
      ...prepared,
    });
    if (answer.type === 'failure') throw new PolicyError(messagesOf(answer.errors));
    const { decision, diagnostics } = answer.response;
    // Cedar passes over a policy that cannot be evaluated: for a forbid that would be an open door.
    if (diagnostics.errors.length > 0) throw new PolicyError(messagesOf(diagnostics.errors.map(({ error }) => error)));
    const reasons = new Set(diagnostics.reason);
    return { allowed: decision === 'allow', policies: this.policies.filter(({ id }) => reasons.has(id)) };
  }

  private slice(kind: string, action: string, toCedar: (policy: Policy) => cedar.Policy | undefined): string {
    const name = `${this.name}/${kind}${action}`;
    if (this.prepared.has(name)) return name;
    const staticPolicies: Record<string, cedar.Policy> = {};
    for (const policy of this.about(action)) {
      const text = toCedar(policy);
      if (text !== undefined) staticPolicies[policy.id] = text;
    }
    const kept = cedar.preparsePolicySet(name, { staticPolicies });
    if (kept.type === 'failure') throw new PolicyError(messagesOf(kept.errors));
    this.prepared.add(name);
    return name;
  }

  /** The policies whose head speaks of an action, in the order of the set. */
  about(action: string): readonly Policy[] {
    const names = [action, ...this.schema.groupsOf(action)];
    return this.policies.filter(({ json }) => {
      const scope = json.action;
      if (scope.op === 'All') return true;
      const entities = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : [];
      return entities.some((entity) => names.includes('__entity' in entity ? entity.__entity.id : entity.id));
    });
  }
}

function demandValid(schema: string, policies: readonly Policy[]): void {
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  const answer = cedar.validate({ validationSettings: { mode: 'strict' }, schema, policies: { staticPolicies } });
  if (answer.type === 'failure') throw new PolicyError(messagesOf(answer.errors));
  const found = [...answer.validationErrors, ...answer.validationWarnings];
  if (found.length > 0) throw new PolicyError(messagesOf(found.map(({ error }) => error)));
}
