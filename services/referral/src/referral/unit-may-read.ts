import type { Standing } from '../integration/consent-door.js';
import type { Referral } from './domain/referral.state.js';

/** Of a field that tells the unit what a referral is about. */
export const whileItMay = 'For the unit only until the consent is withdrawn or over, or the referral revoked';

/** Of the field that says why. */
export const whyWithheld = 'What it is about is not shown because the consent service could not be asked';

/**
 * After a withdrawal no read under that consent succeeds, also where the referral had ended before: the unit sees where it stands,
 * so that it can stop, and no longer what it is about. This is what the referral itself has heard; consent is asked as well
 * (`underConsent`).
 */
export const unitMayRead = ({ status, suspension, sending, withdrawnConsents }: Referral): boolean =>
  status !== 'revoked' &&
  suspension === undefined &&
  (sending?.consentId === undefined || !withdrawnConsents.includes(sending.consentId));

/** What consent says of the consent under which it was sent; of one that was sent without, under an override, nothing is asked. */
export function underConsent(
  consentId: string | undefined,
  { consentIds, known }: Standing,
): 'stands' | 'over' | 'unknown' {
  if (consentId === undefined || consentIds.has(consentId)) return 'stands';
  return known ? 'over' : 'unknown';
}
