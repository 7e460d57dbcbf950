import {
  type ActionOn,
  decide,
  type Principal,
  type Resource,
  roleRefs,
  staffRef,
  staffRefs,
  unitRefs,
} from '@waymark/access';
import { groundOf, notFound } from '@waymark/service-kit';
import { reject } from './domain/concern.rejections.js';
import type { Concern, ConcernState } from './domain/concern.state.js';

/** A concern as the policies see it: who has taken it, who has recused from its case, and whom its reporter shut out. */
export function concernResource({ concernId, officerId, recused, account }: Concern): Resource<'Concern'> {
  const { people, roles, units } = account.exclusions ?? { people: [], roles: [], units: [] };
  return {
    type: 'Concern',
    id: concernId,
    attributes: {
      ...(officerId === undefined ? {} : { officer: staffRef(officerId) }),
      recused: staffRefs(recused),
      shutOutPeople: staffRefs(people),
      shutOutRoles: roleRefs(roles),
      shutOutUnits: unitRefs(units),
    },
  };
}

export type ConcernAction = Exclude<ActionOn<'Concern'>, 'AllocateConcern'>;

/** The concern, for whoever may do this with it, and what let them; for those who may not know of it, it does not exist. */
export function allowedConcern(
  principal: Principal,
  action: ConcernAction,
  state: ConcernState,
): { readonly concern: Concern; readonly ground: string } {
  if (state.status === 'none') throw notFound();
  const decision = decide(principal, action, concernResource(state));
  // Who asks to read one that they have not taken learns no more than the queue shows.
  const reading = action === 'ReadConcern' || action === 'FindSameContact';
  const refuse = reading ? undefined : () => reject('concern_not_allocated_to_you');
  return { concern: state, ground: groundOf(decision, refuse) };
}

/** Passes whoever may give this concern to that officer. */
export function demandAllocation(principal: Principal, state: ConcernState, officerId: string): void {
  if (state.status === 'none') throw notFound();
  const decision = decide(principal, 'AllocateConcern', concernResource(state), { to: staffRef(officerId) });
  groundOf(decision, () => reject('officer_excluded'));
}
