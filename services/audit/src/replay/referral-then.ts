import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';

export interface ReferralThen {
  readonly referralId: string;
  readonly status: string;
  readonly unit?: string;
  readonly service?: string;
  readonly purpose?: string;
  /** What was drafted, later what was sent. */
  readonly categories: readonly string[];
  readonly consentId?: string;
  readonly sentAt?: string;
  readonly openings: number;
  /** How it came out, as it was told last. */
  readonly outcome?: string;
}

/** Undefined for a type that audit does not interpret. */
export function evolveReferral(before: ReferralThen | undefined, { type, data, subject, occurredAt }: Fact) {
  const referral: ReferralThen = before ?? { referralId: subject, status: 'drafted', categories: [], openings: 0 };
  const into = (status: string, fields: Partial<ReferralThen> = {}): ReferralThen => ({
    ...referral,
    status,
    ...fields,
  });
  switch (type) {
    case 'ReferralDrafted':
      return into('drafted', {
        unit: textIn(data, 'unit'),
        service: textIn(data, 'service'),
        purpose: textIn(data, 'purpose'),
        categories: textsIn(data, 'categories'),
      });
    case 'ReferralBlocked':
      return into('blocked_no_consent');
    case 'ReferralSent':
      return into('sent', {
        categories: textsIn(data, 'categories'),
        consentId: textIn(data, 'consentId'),
        sentAt: textIn(data, 'movedAt') ?? occurredAt,
      });
    case 'ReferralAcknowledged':
      return into('acknowledged');
    case 'ReferralAccepted':
      return into('accepted');
    case 'ReferralDeclined':
      return into('declined');
    case 'ReferralServiceBegun':
      return into('in_service');
    case 'ReferralCompleted':
      return into('completed', { outcome: textIn(data, 'outcome') });
    case 'ReferralOutcomeCorrected':
      return { ...referral, outcome: textIn(data, 'outcome') };
    case 'ReferralNotAttended':
      return into('not_attended');
    case 'ReferralRevoked':
      return into('revoked');
    case 'ReferralDeclinedByClient':
      return into('declined_by_client');
    case 'ReferralSuspended':
      return into('suspended_consent_withdrawn');
    case 'ReferralPackageOpened':
      return { ...referral, openings: referral.openings + 1 };
    case 'WithdrawalApplied':
    case 'RecipientInformed':
    case 'SuspensionAcknowledged':
      return referral;
    default:
      return undefined;
  }
}
