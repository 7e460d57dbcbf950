import type { Context } from './cedar.js';
import type { Principal } from '../principal.js';
import { type ActionName, decideBy, type Decision, policySet, type Resource } from './decide.js';
import { mayAsk } from './door.js';
import type { Policy } from './policy.js';

export interface Explanation {
  readonly outcome: Decision['outcome'];
  /** `door`: refused before anything was looked up, because no policy could allow it on anything. */
  readonly decidedAt: 'door' | 'thing';
  readonly policies: readonly Policy[];
  /** Where nothing allows it: the permits that speak of the action, none of which holds here. */
  readonly missed: readonly Policy[];
}

/** What a request would be answered, and through which policies. */
export function explain(principal: Principal, action: ActionName, resource: Resource, context: Context): Explanation {
  const permits = policySet()
    .about(action)
    .filter(({ effect }) => effect === 'permit');
  if (!mayAsk(principal, action)) return { outcome: 'deny', decidedAt: 'door', policies: [], missed: permits };
  const { outcome, policies } = decideBy(policySet(), principal, action, resource, context);
  return { outcome, decidedAt: 'thing', policies, missed: policies.length > 0 ? [] : permits };
}
