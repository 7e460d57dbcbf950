import type { Referral } from './domain/referral.state.js';

/** Of a field that tells the unit what a referral is about. */
export const whileItMay = 'For the unit only until the consent is withdrawn or the referral revoked';

/**
 * After a withdrawal no read under that consent succeeds, also where the referral had ended before: the unit sees where it stands,
 * so that it can stop, and no longer what it is about.
 */
export const unitMayRead = ({ status, suspension, sending, withdrawnConsents }: Referral): boolean =>
  status !== 'revoked' &&
  suspension === undefined &&
  (sending?.consentId === undefined || !withdrawnConsents.includes(sending.consentId));
