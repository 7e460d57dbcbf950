import {
  ageBands,
  allegedRelations,
  behaviours,
  comparedStaffId,
  concernKinds,
  identities,
  languageTag,
  matters,
  occurrences,
  reporterRelations,
  roles,
  staffIdPattern,
  timePrecisions,
  units,
  type AgeBand,
  type AllegedRelation,
  type Behaviour,
  type Channel,
  type ConcernKind,
  type Identity,
  type Matter,
  type Occurrence,
  type ReporterRelation,
  type Role,
  type TimePrecision,
  type Unit,
} from '@waymark/contracts';
import { Code, Codes, Flag, Moment, Nested, Pattern, Patterns, Text } from '@waymark/service-kit';
import type { Contact } from '../domain/concern.commands.js';
import type { Account, Exclusions, KnownTime } from '../domain/account.js';
import { PlaceBody } from './place-body.js';

export class KnownTimeBody {
  @Moment({
    description:
      'Of a month only the month counts, of a day only the day, as they are written here, by the calendar of the place whose time zone is given',
  })
  at: string;
  @Code(timePrecisions) precision: TimePrecision;

  /** A day keeps its moment, by which the clock of a contact runs. */
  static toKnownTime({ at, precision }: KnownTimeBody): KnownTime {
    return { at: precision === 'month' ? `${at.slice(0, 7)}-01T00:00:00.000Z` : new Date(at).toISOString(), precision };
  }

  /** The day, too, is the one that was told: no clock runs by it, and it is what is read and passed on. */
  static toDayTold(told: KnownTimeBody): KnownTime {
    return told.precision === 'day'
      ? { at: `${told.at.slice(0, 10)}T00:00:00.000Z`, precision: 'day' }
      : KnownTimeBody.toKnownTime(told);
  }
}

export class SafeContactBody {
  @Text({ max: 200, description: 'How the person may be reached' }) method: string;
  @Text({ optional: true, max: 200 }) times?: string;
  @Text({ optional: true, max: 100 }) codeWord?: string;
  @Flag({ optional: true }) leaveNoMessage?: boolean;
}

export class ExclusionsBody {
  @Patterns(staffIdPattern, {
    max: 50,
    description:
      'Members of staff who must not see this, each by the id that the organisation’s log-in gives them: `sub` of their token, a UUID in either case. Nothing else is compared: a name, a log-in name or an e-mail address shuts out nobody, and the answer cannot tell, since nobody here knows all ids. Whoever does not know an id names the role or the unit instead',
  })
  people: string[];
  @Codes(roles) roles: Role[];
  @Codes(units) units: Unit[];
}

/** What every contact tells, whoever enters it. Every question but these first ones may be skipped. */
export class ContactBody {
  @Code(concernKinds) kind: ConcernKind;
  @Code(identities) identity: Identity;
  @Code(reporterRelations) reporterRelation: ReporterRelation;
  @Codes(matters, { min: 1 }) matter: Matter[];
  @Pattern(languageTag, { description: 'BCP 47', example: 'ar' }) language: string;
  @Flag() immediateDanger: boolean;
  @Flag({ optional: true, description: 'Medical help is needed within 72 hours' }) medicalUrgency?: boolean;
  @Codes(behaviours, { optional: true }) behaviour?: Behaviour[];
  @Code(occurrences, { optional: true }) occurrence?: Occurrence;
  @Nested(() => KnownTimeBody, { optional: true, description: 'When it happened' }) occurred?: KnownTimeBody;
  @Nested(() => PlaceBody, { optional: true }) place?: PlaceBody;
  @Code(allegedRelations, { optional: true }) allegedRelation?: AllegedRelation;
  @Code(ageBands, { optional: true }) ageBand?: AgeBand;
  @Text({ optional: true, max: 200 }) reporterName?: string;
  @Text({ optional: true, max: 500 }) contactDetails?: string;
  @Nested(() => SafeContactBody, { optional: true }) safeContact?: SafeContactBody;
  @Nested(() => ExclusionsBody, {
    optional: true,
    description:
      'Who must not see this. Where it shuts out all who could read and answer it, by role and unit, it is refused (`leavesSomebody`) and nothing is stored: send it again, with the same Idempotency-Key as well, with one of them left out',
  })
  exclusions?: ExclusionsBody;
}

/** The body as the domain takes it, with what stands of it in the clear. */
export function contactOf(
  body: ContactBody & { readonly narrative?: string },
  channel: Channel,
  marks: Pick<Contact, 'desk' | 'shutOut'>,
): Contact {
  const { kind, identity, immediateDanger, medicalUrgency, occurred, place, ...rest } = body;
  const account: Account = {
    ...accountFields(rest),
    ...(occurred ? { occurred: KnownTimeBody.toDayTold(occurred) } : {}),
    ...(place ? { place: PlaceBody.toPlace(place) } : {}),
  };
  const urgency = { immediateDanger, medicalUrgency: medicalUrgency ?? false };
  return { channel, kind, identity, ...urgency, account, ...marks };
}

/** Leaves out what belongs to the body of one command only. */
function accountFields(fields: Omit<Account, 'occurred' | 'place'>): Omit<Account, 'occurred' | 'place'> {
  const { language, reporterRelation, matter, narrative, behaviour, occurrence, allegedRelation, ageBand } = fields;
  const { reporterName, contactDetails, safeContact, exclusions } = fields;
  const optional = {
    narrative,
    behaviour,
    occurrence,
    allegedRelation,
    ageBand,
    reporterName,
    contactDetails,
    safeContact,
    exclusions: exclusions && withComparedIds(exclusions),
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { language, reporterRelation, matter, ...given };
}

/** Each person once, however their id was spelt. */
const withComparedIds = ({ people, ...others }: Exclusions): Exclusions => ({
  ...others,
  people: [...new Set(people.map(comparedStaffId))],
});
