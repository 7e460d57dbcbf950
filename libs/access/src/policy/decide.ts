import type { Principal } from '../principal.js';
import { type ActionContexts, actions, knownServices, type ResourceAttributes } from './actions.js';
import { noteDecision, type Outcome } from './noted-decisions.js';
import { AccessError } from '../access-error.js';
import { purposeStatedBy } from '../stated-purpose.js';
import { type PrincipalType, principalEntity, principalTypes, purposeRef } from './entity.js';
import type { Policy } from './policy.js';
import { PolicySet } from './policy-set.js';
import { shippedSources } from './policy-sources.js';

/** A command or query, by its name in the domain's language. A name that no policy could speak of does not compile. */
export type ActionName = keyof typeof actions;
export type ResourceType = keyof ResourceAttributes;

/** A thing as it stands at this moment, with what the policies may ask about it. */
export interface Resource<Type extends ResourceType = ResourceType> {
  readonly type: Type;
  readonly id: string;
  readonly attributes: ResourceAttributes[Type];
}

export type ResourceTypeOf<Action extends ActionName> = (typeof actions)[Action]['resource'];
/** The actions on one kind of thing. */
export type ActionOn<Type extends ResourceType> = {
  [Action in ActionName]: ResourceTypeOf<Action> extends Type ? Action : never;
}[ActionName];
/** What has to be said of the circumstances; what for is said by who asks. */
export type ContextOf<Action extends ActionName> = Action extends keyof ActionContexts
  ? Record<never, never> extends ActionContexts[Action]
    ? []
    : [context: ActionContexts[Action]]
  : [];

/** With the policies that decided: permits, or the forbids that overruled them; none when nothing allows it. */
export type Decision =
  | {
      readonly outcome: 'allow';
      /** What let the caller in, for the access log; the first of several. */
      readonly ground: string;
      readonly policies: readonly Policy[];
    }
  | {
      /**
       * `deny`: refused, but the caller may know that the thing exists. `hidden`: they may not, and must get the answer that a
       * missing one gives.
       */
      readonly outcome: Exclude<Outcome, 'allow'>;
      readonly policies: readonly Policy[];
    };

/** The platform as a whole, for actions that are about no one thing. */
export const platform: Resource<'Waymark'> = { type: 'Waymark', id: 'waymark', attributes: {} };

let shipped: PolicySet | undefined;

/** The policies that this release ships. Throws a `PolicyError` when they are not valid. */
export const policySet = (): PolicySet => (shipped ??= new PolicySet(shippedSources()));

/**
 * What the policies say about somebody, an action, and a thing as it stands now. Throws a `PolicyError` rather than guess, and the
 * `AccessError` `purpose_not_allowed` at whoever may do it, but not for what they state.
 */
export function decide<Action extends ActionName>(
  principal: Principal,
  action: Action,
  resource: Resource<ResourceTypeOf<Action>>,
  ...[context]: ContextOf<Action>
): Decision {
  const decision = decideBy(policySet(), principal, action, resource, { ...context });
  noteDecision(action, decision);
  if (decision.outcome !== 'allow' && principal.kind === 'staff' && principal.purpose !== undefined) {
    const { purpose: _stated, ...silent } = principal;
    if (decideBy(policySet(), silent, action, resource, { ...context }).outcome === 'allow')
      throw new AccessError('purpose_not_allowed');
  }
  return decision;
}

/** As `decide`, by a set of one's own and with names that the compiler has not seen. */
export function decideBy(
  set: PolicySet,
  principal: Principal,
  action: string,
  resource: Resource,
  context: Parameters<PolicySet['decide']>[0]['context'],
): Decision {
  const { allowed, policies } = answer(set, principal, action, resource, context);
  const [first] = policies;
  if (allowed && first) return { outcome: 'allow', ground: first.ground, policies };
  const knowing = `Know${resource.type}`;
  const known = isAction(knowing) && knowing !== action && answer(set, principal, knowing, resource, {}).allowed;
  return { outcome: known || resource.type === 'Waymark' ? 'deny' : 'hidden', policies };
}

/** True for a name that the schema declares. */
export const isAction = (action: string): action is ActionName => Object.hasOwn(actions, action);

/** True for an action of which the policies ask what for. */
const takesPurpose = (action: string): boolean => isAction(action) && 'purpose' in actions[action];

/** The kind of thing that an action is about. */
export const resourceTypeOf = (action: ActionName): ResourceType => actions[action].resource;

function answer(
  set: PolicySet,
  principal: Principal,
  action: string,
  resource: Resource,
  context: Parameters<PolicySet['decide']>[0]['context'],
) {
  if (!mayAppear(principal, action)) return { allowed: false, policies: [] };
  const purpose = takesPurpose(action) ? purposeStatedBy(principal) : undefined;
  const circumstances = purpose === undefined ? context : { ...context, purpose: purposeRef(purpose) };
  return set.decide({
    ...{ action, principal: principalEntity(principal), resource: entityOf(resource) },
    context: circumstances,
  });
}

const entityOf = ({ type, id, attributes }: Resource) => ({ uid: { type, id }, attrs: { ...attributes }, parents: [] });

/** False for a kind of principal that the action is not for, and for a service that the policies have never heard of. */
export function mayAppear(principal: Principal, action: string): boolean {
  if (!isAction(action)) return false;
  const types: readonly PrincipalType[] = actions[action].principals;
  if (!types.includes(principalTypes[principal.kind])) return false;
  return principal.kind !== 'service' || knownServices.includes(principal.id);
}
