import { type ActionOn, type Resource, roleRefs, staffRef, staffRefs, unitRef, unitRefs } from '@waymark/access';
import type { Desks } from './desks.js';
import type { Concern } from './domain/concern.state.js';

/** A concern as the policies see it: who took it, who has recused, whom its reporter shut out, and which desk it belongs to. */
export function concernResource(concern: Concern, desks: Desks): Resource<'Concern'> {
  const { concernId, officerId, recused } = concern;
  const { people, roles, units, alternateDesk } = desks.shutOutOf(concern);
  return {
    type: 'Concern',
    id: concernId,
    attributes: {
      ...(officerId === undefined ? {} : { officer: staffRef(officerId) }),
      ...(alternateDesk ? { [alternateDesk.owns ? 'alternateDesk' : 'otherDesk']: unitRef(alternateDesk.unit) } : {}),
      recused: staffRefs(recused),
      shutOutPeople: staffRefs(people),
      shutOutRoles: roleRefs(roles),
      shutOutUnits: unitRefs(units),
    },
  };
}

export type ConcernAction = Exclude<ActionOn<'Concern'>, 'AllocateConcern'>;
