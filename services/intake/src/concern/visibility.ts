import { type ActionOn, type Resource, roleRefs, staffRef, staffRefs, unitRef, unitRefs } from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import type { MarkedCase } from '@waymark/service-kit';
import type { ConcernMarks } from './concern-marks.js';
import type { Concern } from './domain/concern.state.js';
import { emergencyAccessesInForce } from './domain/emergency-access.js';

/** What of a concern is asked about, and when: whom other reporters shut out is known by marks, so only of people who are asked about. */
export interface AskedOfConcern {
  readonly marks: ConcernMarks;
  /** All concerns of its client, by whose reporters somebody may be shut out as well. */
  readonly ofClient: readonly MarkedCase[];
  readonly now: Instant;
  readonly people: readonly string[];
}

/**
 * A concern as the policies see it at this moment: who took it, who works on its case, whether the client reported it, who has
 * recused, who reads it in an emergency, whom its reporter shut out, or that of another concern of its client, and which desk it
 * belongs to. Of people who are shut out it may name only those who are asked about.
 */
export function concernResource(concern: Concern, asked: AskedOfConcern): Resource<'Concern'> {
  const { marks, ofClient, now } = asked;
  const { concernId, clientId, reporterId, officerId, team, recused } = concern;
  const { people, roles, units, alternateDesk } = marks.shutOutOfAll(concern, ofClient, asked.people);
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
