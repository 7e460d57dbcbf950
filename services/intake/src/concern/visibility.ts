import { type ActionOn, type Resource, roleRefs, staffRef, staffRefs, unitRef, unitRefs } from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import type { ConcernMarks } from './concern-marks.js';
import type { Concern } from './domain/concern.state.js';
import { emergencyAccessesInForce } from './domain/emergency-access.js';

/**
 * A concern as the policies see it at this moment: who took it, who works on its case, whether the client reported it, who has
 * recused, who reads it in an emergency, whom its reporter shut out, and which desk it belongs to. Of people who are shut out it may
 * name only those who are asked about, when only marks are left of them.
 */
export function concernResource(
  concern: Concern,
  marks: ConcernMarks,
  now: Instant,
  askedAbout: readonly string[],
): Resource<'Concern'> {
  const { concernId, clientId, reporterId, officerId, team, recused } = concern;
  const { people, roles, units, alternateDesk } = marks.whomItShutsOut(concern, askedAbout);
  return {
    type: 'Concern',
    id: concernId,
    attributes: {
      ...(officerId === undefined ? {} : { officer: staffRef(officerId) }),
      ...(team ? { team: staffRefs(team.team) } : {}),
      ...(alternateDesk ? { [alternateDesk.owns ? 'alternateDesk' : 'otherDesk']: unitRef(alternateDesk.unit) } : {}),
      reportedByClient: clientId === reporterId,
      recused: staffRefs(recused),
      underGlass: staffRefs(emergencyAccessesInForce(concern, now).map(({ staffId }) => staffId)),
      shutOutPeople: staffRefs(people),
      shutOutRoles: roleRefs(roles),
      shutOutUnits: unitRefs(units),
    },
  };
}

export type ConcernAction = Exclude<ActionOn<'Concern'>, 'AllocateConcern'>;
