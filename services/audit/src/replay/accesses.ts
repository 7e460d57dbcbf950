import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';
import { isInterpreted } from './interpreted-versions.js';
import { actorOf, serviceOf, whyOf } from './timeline.js';

/** Somebody saw, or was refused, something about a client. */
export interface AccessThen {
  readonly position: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly service: string;
  readonly eventId: string;
  readonly type: string;
  readonly who: { readonly kind: string; readonly id: string };
  readonly unit?: string;
  /** Stream of what was asked for; absent where it was a list. */
  readonly resource?: string;
  /** Streams of what a list showed. */
  readonly shown?: readonly string[];
  /** Name of the query, or of the act. */
  readonly what: string;
  readonly categories?: readonly string[];
  readonly purpose?: string;
  /** What let them in, or what was missing. */
  readonly ground?: string;
  readonly outcome: 'allowed' | 'refused';
  readonly consentId?: string;
  readonly disclosureId?: string;
}

type Told = Pick<AccessThen, 'what' | 'outcome'> & Partial<AccessThen>;

/** How each type of event tells of an access. */
const tellings: ReadonlyMap<string, (fact: Fact) => Told> = new Map(
  Object.entries<(fact: Fact) => Told>({
    ClientDataRead: ({ data, stream }) => ({
      resource: textIn(data, 'resource') ?? stream,
      what: textIn(data, 'what') ?? 'unknown',
      ground: textIn(data, 'ground'),
      outcome: textIn(data, 'outcome') === 'refused' ? 'refused' : 'allowed',
    }),
    ClientDataListed: ({ data }) => ({
      shown: textsIn(data, 'shown'),
      what: textIn(data, 'what') ?? 'unknown',
      ground: textIn(data, 'ground'),
      outcome: 'allowed',
    }),
    EmergencyAccessGranted: ({ data, stream }) => ({
      resource: stream,
      what: 'BreakGlass',
      ground: `break_glass:${textIn(data, 'grantId') ?? ''}`,
      outcome: 'allowed',
    }),
    ReferralPackageOpened: ({ data, stream }) => ({
      resource: stream,
      what: 'open',
      outcome: 'allowed',
      unit: textIn(data, 'unit'),
    }),
    ReferralBlocked: ({ metadata, stream }) => ({
      resource: stream,
      what: 'send',
      outcome: 'refused',
      ground: 'consent_missing',
      unit: metadata.unit,
    }),
    DisclosureRefused: ({ data }) => ({
      resource: `referral-${textIn(data, 'reference') ?? 'unknown'}`,
      what: textIn(data, 'act') ?? 'unknown',
      outcome: 'refused',
      ground: textIn(data, 'reason'),
    }),
  }),
);

/** Types of the events that tell of an access. */
export const accessTypes = [...tellings.keys()];

/** Undefined for an event that tells of no access, or in a version that audit does not know. */
export function accessOf(fact: Fact): AccessThen | undefined {
  const telling = tellings.get(fact.type);
  return telling && isInterpreted(fact) ? access(fact, telling(fact)) : undefined;
}

/** Of what a list showed, what belongs to these streams: the rest is about others. */
export const shownOf = ({ shown, ...access }: AccessThen, streams: ReadonlySet<string>): AccessThen =>
  shown ? { ...access, shown: shown.filter((stream) => streams.has(stream)) } : access;

function access(fact: Fact, told: Told): AccessThen {
  const { data, metadata } = fact;
  const { consentId, disclosureId } = whyOf(fact);
  const categories = textsIn(data, 'categories');
  const actor = actorOf(fact);
  // A service that asks for somebody is not the one who wants to see.
  const askedFor = textIn(data, 'onBehalfOf') ?? metadata.onBehalfOf;
  return {
    position: String(fact.position),
    recordedAt: fact.recordedAt,
    occurredAt: fact.occurredAt,
    service: serviceOf(fact),
    eventId: fact.id,
    type: fact.type,
    who: actor.kind === 'service' && askedFor !== undefined ? { kind: 'staff', id: askedFor } : actor,
    unit: metadata.unit,
    purpose: textIn(data, 'purpose') ?? metadata.purpose,
    ...(categories.length > 0 ? { categories } : {}),
    consentId,
    disclosureId,
    ...told,
  };
}
