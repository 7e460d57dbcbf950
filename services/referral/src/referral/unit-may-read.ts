/** Of a field that tells the unit what a referral is about. */
export const whileItMay = 'For the unit only until the consent is withdrawn or the referral revoked';

/**
 * After a withdrawal no read under that consent succeeds: of a referral that was suspended or revoked the unit sees where it stands,
 * so that it can stop, and no longer what it is about.
 */
export const unitMayRead = ({
  status,
  suspension,
}: {
  readonly status: string;
  readonly suspension?: unknown;
}): boolean => suspension === undefined && status !== 'suspended_consent_withdrawn' && status !== 'revoked';
