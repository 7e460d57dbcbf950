import type { Principal, StaffPrincipal } from '@waymark/access';
import { notFound } from '@waymark/service-kit';
import type { Concern, ConcernState } from './domain/concern.state.js';

/** Whoever the reporter shut out by name, role or unit does not learn that the concern exists. */
export function isShutOut({ id, roles, unit }: StaffPrincipal, concern: Concern): boolean {
  const { people, roles: shutRoles, units } = concern.account.exclusions ?? { people: [], roles: [], units: [] };
  return (
    people.includes(id) ||
    roles.some((role) => shutRoles.includes(role)) ||
    (unit !== undefined && units.includes(unit))
  );
}

/** The concern, for a member of staff who may know of it; anybody else gets what a missing one gives. */
export function visibleTo(principal: Principal, state: ConcernState): Concern {
  if (state.status === 'none' || principal.kind !== 'staff' || isShutOut(principal, state)) throw notFound();
  return state;
}

/** The concern, for the officer who has taken it, or for a supervisor; others must take it first. */
export function readableBy(
  principal: Principal,
  state: ConcernState,
): { readonly concern: Concern; readonly ground: string } {
  const concern = visibleTo(principal, state);
  if (principal.kind !== 'staff') throw notFound();
  if (concern.officerId === principal.id) return { concern, ground: 'allocated_officer' };
  if (principal.roles.includes('supervisor')) return { concern, ground: 'supervisor' };
  throw notFound();
}
