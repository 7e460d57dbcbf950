import type { DecisionReason } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Scope } from './consent-record.events.js';
import { type ConsentRecord, statusOf } from './consent-record.state.js';
import { isErased } from './erasure.state.js';

export type Coverage =
  | { readonly allowed: true; readonly consentId: string; readonly reason: 'covered' }
  | { readonly allowed: false; readonly reason: Exclude<DecisionReason, 'covered'> };

/**
 * No disclosure without consent: ONE consent in force must name this recipient, this purpose and EVERY data category. Two consents
 * that cover half each do not add up: the client never agreed to that package. Of several that cover it, the newest is cited.
 * Once an erasure is approved no consent counts.
 */
export function coverage(record: ConsentRecord, { recipient, purpose, categories }: Scope, now: Instant): Coverage {
  if (isErased(record)) return { allowed: false, reason: 'no_consent' };
  const asked = record.consents.filter((consent) => consent.recipient === recipient && consent.purpose === purpose);
  const inForce = asked.filter((consent) => statusOf(consent, now) === 'in_force');
  const covering = inForce.findLast((consent) => categories.every((category) => consent.categories.includes(category)));
  if (covering && categories.length > 0) return { allowed: true, consentId: covering.consentId, reason: 'covered' };
  if (inForce.length > 0) return { allowed: false, reason: 'category_not_covered' };
  const last = asked.at(-1);
  if (!last) return { allowed: false, reason: 'no_consent' };
  return { allowed: false, reason: last.withdrawal ? 'withdrawn' : 'expired' };
}

const byNearness: readonly DecisionReason[] = ['category_not_covered', 'withdrawn', 'expired', 'no_consent'];

/** Of refusals by several records of one person the one that was nearest to a yes. */
export const nearestRefusal = (refusals: readonly Coverage[]): Coverage =>
  refusals.toSorted((one, other) => byNearness.indexOf(one.reason) - byNearness.indexOf(other.reason))[0] ?? {
    allowed: false,
    reason: 'no_consent',
  };
