import { Type } from '@sinclair/typebox';
import {
  ageBands,
  allegedRelations,
  behaviours,
  closed,
  code,
  comparedStaffId,
  instant,
  matters,
  occurrences,
  reporterRelations,
  roles,
  staffId,
  timePrecisions,
  units,
} from '@waymark/contracts';
import type { Shape, ShapeOf } from '@waymark/event-sourcing';

/** A moment with what is known of it: of a month only the month counts, of a day only the day. */
export const knownTime = Type.Object({ at: instant, precision: code(timePrecisions) }, closed);
export type KnownTime = Shape<typeof knownTime>;

const place = Type.Object(
  {
    country: Type.Optional(Type.String()),
    subdivision: Type.Optional(Type.String()),
    /** Code of the list of duty stations. */
    dutyStation: Type.Optional(Type.String()),
    online: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type Place = Shape<typeof place>;

const safeContact = Type.Object(
  {
    method: Type.String(),
    times: Type.Optional(Type.String()),
    codeWord: Type.Optional(Type.String()),
    leaveNoMessage: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** Whom the reporter shut out. */
export const exclusions = Type.Object(
  { people: Type.Array(staffId), roles: Type.Array(code(roles)), units: Type.Array(code(units)) },
  closed,
);

export type Exclusions = Shape<typeof exclusions>;

/** Whether somebody is among the people that the reporter named. */
export const namesPerson = (shutOut: Exclusions | undefined, staffId: string): boolean =>
  shutOut?.people.some((id) => comparedStaffId(id) === comparedStaffId(staffId)) === true;

/** What a contact tells about the matter and the person. */
export const account = {
  language: Type.String(),
  reporterRelation: code(reporterRelations),
  matter: Type.Array(code(matters)),
  narrative: Type.Optional(Type.String()),
  behaviour: Type.Optional(Type.Array(code(behaviours))),
  occurrence: Type.Optional(code(occurrences)),
  occurred: Type.Optional(knownTime),
  place: Type.Optional(place),
  allegedRelation: Type.Optional(code(allegedRelations)),
  ageBand: Type.Optional(code(ageBands)),
  reporterName: Type.Optional(Type.String()),
  contactDetails: Type.Optional(Type.String()),
  safeContact: Type.Optional(safeContact),
  exclusions: Type.Optional(exclusions),
};
export type Account = ShapeOf<typeof account>;
