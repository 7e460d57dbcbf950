import { type CaseThen, type EmergencyAccessThen, evolveCase, isInForce } from './case-then.js';
import { type ConcernThen, evolveConcern } from './concern-then.js';
import {
  type ConsentsThen,
  type ConsentStatusThen,
  type ConsentThen,
  evolveConsents,
  statusAt,
} from './consent-then.js';
import { type Fact, type TimeAxis, timeOf } from './fact.js';
import { textIn } from './fields.js';
import { isInterpreted } from './interpreted-versions.js';
import { evolveReferral, type ReferralThen } from './referral-then.js';

/** A case and what belongs to it, as of a moment. */
export interface StateAt {
  /** How many events it follows from. */
  readonly events: number;
  readonly concern?: ConcernThen & { readonly overdue: boolean };
  /** Absent before it was opened. */
  readonly case?: CaseAt;
  readonly consents: readonly (ConsentThen & { readonly status: ConsentStatusThen })[];
  readonly referrals: readonly ReferralThen[];
  readonly reads: { readonly allowed: number; readonly refused: number };
  /** How often types came that audit does not know, or versions of them. */
  readonly notInterpreted: ReadonlyMap<string, number>;
}

export interface CaseAt extends CaseThen {
  /** `inForce`: it opened the case at this moment. */
  readonly emergencyAccesses: readonly (EmergencyAccessThen & { readonly inForce: boolean })[];
}

interface Replayed {
  readonly concern?: ConcernThen;
  readonly case?: CaseThen;
  readonly consents: ConsentsThen;
  readonly referrals: ReadonlyMap<string, ReferralThen>;
  readonly reads: { readonly allowed: number; readonly refused: number };
  readonly notInterpreted: ReadonlyMap<string, number>;
}

const nothing: Replayed = {
  consents: new Map(),
  referrals: new Map(),
  reads: { allowed: 0, refused: 0 },
  notInterpreted: new Map(),
};

/** The state of a case as of a moment, that included: as it was known then, or as it was then, whenever the log was told. */
export function stateAt(facts: readonly Fact[], caseId: string, at: string, by: TimeAxis): StateAt {
  const moment = Date.parse(at);
  const streams = streamsOfCase(facts, caseId);
  const then = facts.filter((fact) => belongsTo(streams, fact) && timeOf(fact, by) <= moment);
  if (by === 'occurred') then.sort((a, b) => timeOf(a, by) - timeOf(b, by) || Number(a.position - b.position));
  const { concern, case: current, consents, referrals, ...rest } = then.reduce(evolve, nothing);
  return {
    ...rest,
    events: then.length,
    ...(concern ? { concern: { ...concern, overdue: isOverdue(concern, moment) } } : {}),
    ...(current ? { case: caseAt(current, moment) } : {}),
    consents: [...consents.values()].map((consent) => ({ ...consent, status: statusAt(consent, moment) })),
    referrals: [...referrals.values()],
  };
}

/** A case as of a moment, by what had been recorded or had happened until then. */
export const caseAt = (current: CaseThen, moment: number): CaseAt => ({
  ...current,
  emergencyAccesses: current.emergencyAccesses.map((access) => ({ ...access, inForce: isInForce(access, moment) })),
});

/** By the clock alone, whether or not an event said so. */
const isOverdue = ({ dueAt, firstResponseAt }: ConcernThen, moment: number): boolean =>
  dueAt !== undefined && firstResponseAt === undefined && Date.parse(dueAt) <= moment;

/** The case's own streams. A client may have other cases, with concerns and referrals of their own; consents are the client's. */
function streamsOfCase(facts: readonly Fact[], caseId: string): ReadonlySet<string> {
  const streams = new Set([`case-${caseId}`]);
  for (const { category, stream, type, data } of facts) {
    if (category === 'consent') streams.add(stream);
    if (type === 'CaseOpened' && stream === `case-${caseId}`) streams.add(`concern-${textIn(data, 'concernId')}`);
    if (type === 'ReferralDrafted' && textIn(data, 'caseId') === caseId) streams.add(stream);
  }
  return streams;
}

const belongsTo = (streams: ReadonlySet<string>, { stream, category, data }: Fact): boolean =>
  streams.has(category.endsWith('_access') ? (textIn(data, 'resource') ?? '') : stream);

function evolve(state: Replayed, fact: Fact): Replayed {
  return (
    interpret(state, fact) ?? {
      ...state,
      notInterpreted: new Map(state.notInterpreted).set(fact.type, (state.notInterpreted.get(fact.type) ?? 0) + 1),
    }
  );
}

function interpret(state: Replayed, fact: Fact): Replayed | undefined {
  if (!isInterpreted(fact)) return undefined;
  switch (fact.category) {
    case 'concern': {
      const concern = evolveConcern(state.concern, fact);
      return concern && { ...state, concern };
    }
    case 'case': {
      const opened = evolveCase(state.case, fact);
      return opened && { ...state, case: opened };
    }
    case 'consent': {
      const consents = evolveConsents(state.consents, fact);
      return consents && { ...state, consents };
    }
    case 'referral': {
      const referral = evolveReferral(state.referrals.get(fact.subject), fact);
      return referral && { ...state, referrals: new Map(state.referrals).set(fact.subject, referral) };
    }
    default:
      return fact.type === 'ClientDataRead' ? { ...state, reads: counted(state.reads, fact) } : undefined;
  }
}

const counted = (reads: Replayed['reads'], { data }: Fact): Replayed['reads'] =>
  textIn(data, 'outcome') === 'refused'
    ? { ...reads, refused: reads.refused + 1 }
    : { ...reads, allowed: reads.allowed + 1 };
