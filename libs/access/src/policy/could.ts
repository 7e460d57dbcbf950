import type { Resource } from './decide.js';
import { principalEntity, principalTypes } from './entity.js';
import type { CedarAnswer, PolicySet } from './policy-set.js';
import type { DeclaredAction } from './policy-schema.js';
import type { Principal } from '../principal.js';

/**
 * What a set of policies, also an earlier one, says about somebody and a thing as it stood. It goes by the set's own schema: what that
 * does not know of the thing, its policies cannot ask about. Throws a `PolicyError` rather than guess.
 */
export function couldBy(
  set: PolicySet,
  principal: Principal,
  { action, principals }: DeclaredAction,
  { type, id, attributes }: Resource,
): CedarAnswer {
  if (!principals.includes(principalTypes[principal.kind])) return { allowed: false, policies: [] };
  const known = new Set(set.schema.attributesOf(type));
  const attrs = Object.fromEntries(Object.entries(attributes).filter(([name]) => known.has(name)));
  const resource = { uid: { type, id }, attrs, parents: [] };
  return set.decide({ action, principal: principalEntity(principal), resource, context: {} });
}
