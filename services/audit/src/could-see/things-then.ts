import { type Resource, staffRef, staffRefs, unitRef } from '@waymark/access';
import { endedReferralStatuses, units } from '@waymark/contracts';
import { evolveCase, type CaseThen } from '../replay/case-then.js';
import type { ConcernThen } from '../replay/concern-then.js';
import { type Fact, timeOf } from '../replay/fact.js';
import { textIn } from '../replay/fields.js';
import { isInterpreted } from '../replay/interpreted-versions.js';
import { linkedIds } from '../replay/linked-ids.js';
import { evolveOverrides, isInForce, type OverridesThen } from '../replay/override-then.js';
import type { ReferralThen } from '../replay/referral-then.js';
import { covers } from '../replay/scope.js';
import { shutOutIn } from '../replay/shut-out-then.js';
import type { CaseAt, StateAt } from '../replay/state-at.js';

/** Each decides by the policies of its own release about what is its own. */
export const decidingServices = ['intake', 'case', 'consent', 'referral'] as const;
export type DecidingService = (typeof decidingServices)[number];

/** What the log does not tell, so that it has to be said. */
export const caveats = [
  'shut_out_sealed',
  'roles_not_in_log',
  'note_class_sealed',
  'team_told_by_message',
  'consent_asked_each_time',
] as const;
export type Caveat = (typeof caveats)[number];

/** Why nobody could do something, whatever the policies say. */
export const obstacles = ['referral_not_live', 'no_consent_in_force'] as const;
export type Obstacle = (typeof obstacles)[number];

/** Something of a case as it stood at a moment. */
export interface ThingThen {
  readonly service: DecidingService;
  readonly resource: Resource;
  /** Where it has any: of a concern, a case, a referral. */
  readonly status?: string;
  /** How many people, roles and units are shut out, where the log tells. */
  readonly shutOut?: number;
  readonly caveats: readonly Caveat[];
  /** By action. */
  readonly obstacles: Readonly<Record<string, Obstacle>>;
}

/** A case, its concern, its client and its referrals, as far as they were there at a moment: `state` is the case as of it. */
export function thingsAt(facts: readonly Fact[], state: StateAt, clientId: string, at: string): readonly ThingThen[] {
  if (!state.concern && !state.case) return [];
  const known = facts.filter((fact) => timeOf(fact, 'recorded') <= Date.parse(at));
  const overrides = overridesIn(known);
  // Of any concern or case of the person: whom it shuts out is shut out of all of them.
  const sealed = known.some((fact) => (shutOutIn(fact)?.marks.length ?? 0) > 0);
  const caveat = sealed ? (['shut_out_sealed'] as const) : [];
  return [
    ...(state.concern ? [concernThing(state.concern, state.case)] : []),
    ...(state.case ? [caseThing(state.case)] : []),
    clientThing(known, clientId),
    ...state.referrals.flatMap((referral) => referralThings(referral, state, overrides, Date.parse(at))),
  ].map((thing) => ({ ...thing, caveats: [...new Set([...caveat, ...thing.caveats])] }));
}

function concernThing(
  { concernId, officerId, team, reportedByClient, recused, status, shutsOut }: ConcernThen,
  opened: CaseAt | undefined,
): ThingThen {
  const officer = officerId === undefined ? {} : { officer: staffRef(officerId) };
  return {
    service: 'intake',
    resource: {
      type: 'Concern',
      id: concernId,
      attributes: {
        ...(team ? { team: staffRefs(team) } : {}),
        ...{ ...officer, recused: staffRefs(recused), underGlass: opened ? underGlass(opened) : [] },
        ...{ reportedByClient, shutOutPeople: [], shutOutRoles: [], shutOutUnits: [] },
      },
    },
    status,
    ...(opened ? { shutOut: opened.shutOut } : {}),
    caveats: shutsOut ? ['shut_out_sealed'] : [],
    obstacles: {},
  };
}

const underGlass = ({ emergencyAccesses }: CaseAt) =>
  staffRefs(emergencyAccesses.filter(({ inForce }) => inForce).map(({ staffId }) => staffId));

function caseThing(opened: CaseAt): ThingThen {
  const { caseId, team, recused, shutOut, stage } = opened;
  const attributes = { team: staffRefs(team), recused: staffRefs(recused), underGlass: underGlass(opened) };
  return {
    service: 'case',
    resource: { type: 'Case', id: caseId, attributes: { ...attributes, shutOut: [] } },
    status: stage,
    shutOut,
    caveats: ['note_class_sealed'],
    obstacles: {},
  };
}

/** Whoever works on any of their cases works for them, by whichever id of theirs. */
function clientThing(known: readonly Fact[], clientId: string): ThingThen {
  const ids = linkedIds(known, clientId);
  const cases = new Map<string, CaseThen>();
  const theirs = new Set<string>();
  for (const fact of known) {
    if (fact.category !== 'case' || !isInterpreted(fact)) continue;
    const current = evolveCase(cases.get(fact.subject), fact);
    if (current) cases.set(fact.subject, current);
    if (ids.includes(textIn(fact.data, 'clientId') ?? '')) theirs.add(fact.subject);
  }
  const ofThem = [...cases.values()].filter(({ caseId }) => theirs.has(caseId));
  const everybody = (on: (each: CaseThen) => readonly string[]) => staffRefs([...new Set(ofThem.flatMap(on))]);
  const [team, recused] = [everybody((each) => each.team), everybody((each) => each.recused)];
  return {
    service: 'consent',
    resource: { type: 'Client', id: clientId, attributes: { team, recused, shutOut: [] } },
    caveats: ['team_told_by_message'],
    obstacles: {},
  };
}

function referralThings(
  referral: ReferralThen,
  state: StateAt,
  overrides: OverridesThen,
  moment: number,
): readonly ThingThen[] {
  const unit = units.find((each) => each === referral.unit);
  if (unit === undefined) return [];
  const team = staffRefs(state.case?.team ?? []);
  const recused = staffRefs(state.case?.recused ?? []);
  const sent = referral.sentAt !== undefined;
  const obstacle = sent ? obstacleTo(referral, state, overrides, moment) : undefined;
  return [
    {
      service: 'referral',
      resource: {
        type: 'Referral',
        id: referral.referralId,
        attributes: { team, recused, shutOut: [], unit: unitRef(unit), sent },
      },
      status: referral.status,
      caveats: ['team_told_by_message', ...(sent ? (['consent_asked_each_time'] as const) : [])],
      obstacles: obstacle ? { OpenPackage: obstacle } : {},
    },
  ];
}

/** A package is opened while its referral is live, and while a consent or an override covers all of it. */
function obstacleTo(
  { status, unit, purpose, categories }: ReferralThen,
  { consents }: StateAt,
  overrides: OverridesThen,
  moment: number,
): Obstacle | undefined {
  if (status === 'suspended_consent_withdrawn' || endedReferralStatuses.some((ended) => ended === status))
    return 'referral_not_live';
  const wanted = { recipient: unit, purpose, categories };
  const allowed =
    consents.some((consent) => consent.status === 'in_force' && covers(consent, wanted)) ||
    [...overrides.values()].some((override) => isInForce(override, moment) && covers(override, wanted));
  return allowed ? undefined : 'no_consent_in_force';
}

const overridesIn = (known: readonly Fact[]): OverridesThen =>
  known
    .filter((fact) => fact.category === 'consent' && isInterpreted(fact))
    .reduce<OverridesThen>(evolveOverrides, new Map());
