import type { DecisionReason } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import { standingAgainst } from './client-no.js';
import type { ConsentEvent } from './consent-record.events.js';
import { type ConsentRecord, statusOf } from './consent-record.state.js';
import { isErased } from './erasure.state.js';
import { overrideStatusOf } from './override.state.js';
import { covers, isAbout, type Scope } from './scope.js';

type Recorded = Extract<ConsentEvent, { type: 'DisclosureRecorded' }>['data'];

/** What a disclosure cites as what allowed it. */
type Cites =
  | { readonly consentId: string; readonly override?: undefined }
  | { readonly consentId?: undefined; readonly override: NonNullable<Recorded['override']> };

export type Coverage =
  | { readonly allowed: true; readonly reason: 'covered' | 'overridden'; readonly cites: Cites }
  | { readonly allowed: false; readonly reason: Exclude<DecisionReason, 'covered'> };

/**
 * No disclosure without consent: ONE consent in force must name this recipient, this purpose and EVERY data category. Two consents
 * that cover half each do not add up: the client never agreed to that package. Of several that cover it, the newest is cited. Where
 * none does, one override in force that two persons have decided may stand in, by the same rule. Once an erasure is approved nothing
 * counts.
 */
export function coverage(record: ConsentRecord, asked: Scope, now: Instant): Coverage {
  if (isErased(record)) return { allowed: false, reason: 'no_consent' };
  const about = record.consents.filter((consent) => isAbout(consent, asked));
  const inForce = about.filter((consent) => statusOf(consent, now) === 'in_force');
  const covering = inForce.findLast((consent) => covers(consent, asked));
  if (covering) return { allowed: true, reason: 'covered', cites: { consentId: covering.consentId } };
  const override = overriding(record, asked, now);
  if (override) return { allowed: true, reason: 'overridden', cites: { override } };
  if (standingAgainst(record.nos, asked).some(({ how }) => how === 'refused'))
    return { allowed: false, reason: 'refused' };
  if (inForce.length > 0) return { allowed: false, reason: 'category_not_covered' };
  const last = about.at(-1);
  if (!last) return { allowed: false, reason: 'no_consent' };
  return { allowed: false, reason: last.withdrawal ? 'withdrawn' : 'expired' };
}

function overriding({ overrides }: ConsentRecord, asked: Scope, now: Instant): Recorded['override'] {
  const found = overrides.findLast(
    (override) => covers(override, asked) && overrideStatusOf(override, now) === 'in_force',
  );
  if (!found?.approval) return undefined;
  const { overrideId, legalBasis, requestedBy, approval } = found;
  return { overrideId, legalBasis, requestedBy, approvedBy: approval.by };
}

const byNearness: readonly Coverage['reason'][] = [
  'covered',
  'overridden',
  'category_not_covered',
  'withdrawn',
  'expired',
  'refused',
  'no_consent',
];

/** Of what several records of one person say: a yes, by consent sooner than by an override, or the refusal that was nearest to one. */
export const nearestToYes = (answers: readonly Coverage[]): Coverage =>
  answers.toSorted((one, other) => byNearness.indexOf(one.reason) - byNearness.indexOf(other.reason))[0] ?? {
    allowed: false,
    reason: 'no_consent',
  };
