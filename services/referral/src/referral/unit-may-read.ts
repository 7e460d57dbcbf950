import type { Standing } from '../integration/consent-door.js';
import { isOver, type Referral } from './domain/referral.state.js';

/** Of a field that tells the unit what a referral is about. */
export const whileItMay = 'For the unit only until the consent is withdrawn or over, or the referral revoked';

/** Of the field that says why. */
export const whyWithheld = 'What it is about is not shown because the consent service could not be asked';

/**
 * After a withdrawal no read under that consent succeeds, also where the referral had ended before: the unit sees where it stands,
 * so that it can stop, and no longer what it is about. This is what the referral itself has heard; consent is asked as well
 * (`underConsent`).
 */
export const unitMayRead = (referral: Referral): boolean =>
  referral.status !== 'revoked' &&
  referral.suspension === undefined &&
  (referral.sending === undefined || !isOver(referral, referral.sending));

/** What consent says of the consent or the override under which it was sent. */
export function underConsent(
  sentUnder: string | undefined,
  { consentIds, known }: Standing,
): 'stands' | 'over' | 'unknown' {
  if (sentUnder === undefined || consentIds.has(sentUnder)) return 'stands';
  return known ? 'over' : 'unknown';
}
