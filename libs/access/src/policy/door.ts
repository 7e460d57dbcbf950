import type { Principal } from '../principal.js';
import { actions } from './actions.js';
import { type ActionName, decideBy, mayAppear, platform, policySet } from './decide.js';
import { principalEntity } from './entity.js';

const doors = new Map<string, boolean>();

/**
 * Whether the policies could allow somebody this action on anything at all: decided before anything is loaded, so that a refusal
 * tells nothing. What is about no one thing is decided in full. Remembered for everybody of the same roles and unit who asks for the
 * same purpose.
 */
export function mayAsk(principal: Principal, action: ActionName): boolean {
  if (!mayAppear(principal, action)) return false;
  const key = JSON.stringify([action, ...classOf(principal)]);
  const known = doors.get(key);
  if (known !== undefined) return known;
  const allowed =
    actions[action].resource === 'Waymark'
      ? decideBy(policySet(), principal, action, platform, {}).outcome === 'allow'
      : policySet().mightAllow(action, principalEntity(principal));
  doors.set(key, allowed);
  return allowed;
}

/** What of a principal a door can depend on: everything but who they are, whom no policy names (policy-set.spec.ts). */
function classOf(principal: Principal): readonly string[] {
  switch (principal.kind) {
    case 'staff':
      return ['staff', principal.purpose ?? '', principal.unit ?? '', ...principal.roles.toSorted()];
    case 'reporter':
      return ['reporter', ...(['clientId', 'reporterId'] as const).filter((id) => principal[id] !== undefined)];
    case 'service':
      return ['service', principal.id];
    case 'anonymous':
      return ['anonymous'];
  }
}
