import { DomainRejection, type RejectionText } from '@waymark/event-sourcing';
import type { ReferralEvent } from './referral.events.js';

export type ReferralRejectionCode =
  | 'referral_not_found'
  | 'referral_exists'
  | 'recipient_shut_out'
  | 'case_closed'
  | 'invalid_package'
  | 'invalid_categories'
  | 'consent_missing'
  | 'referral_already_sent'
  | 'referral_already_acknowledged'
  | 'referral_not_acknowledged'
  | 'referral_already_decided'
  | 'referral_not_accepted'
  | 'service_already_begun'
  | 'referral_not_completed'
  | 'outcome_unchanged'
  | 'referral_suspended'
  | 'referral_closed'
  | 'referral_not_suspended'
  | 'suspension_already_acknowledged';

const details: Record<ReferralRejectionCode, RejectionText> = {
  referral_not_found: 'There is nothing here that you may see.',
  referral_exists: 'This referral was drafted before.',
  recipient_shut_out: 'The reporter does not want this unit to see the matter.',
  case_closed: 'This case is closed: nothing more is referred from it. Reopen it first.',
  invalid_package: { field: 'package', detail: 'A package holds at least one data category.' },
  invalid_categories: { field: 'categories', detail: 'Only data categories of the drafted package can be sent.' },
  consent_missing: 'No consent in force covers this recipient, this purpose and every data category. Ask the client.',
  referral_already_sent: 'This referral has been sent.',
  referral_already_acknowledged: 'This referral has been acknowledged already.',
  referral_not_acknowledged: 'Acknowledge the referral first.',
  referral_already_decided: 'This referral has been accepted or declined already.',
  referral_not_accepted: 'Accept the referral first.',
  service_already_begun: 'The service has begun already.',
  referral_not_completed: 'Only the outcome of a completed referral can be corrected.',
  outcome_unchanged: 'This is the outcome already.',
  referral_suspended: 'The client withdrew the consent: this referral is suspended.',
  referral_closed: 'This referral has come to its end.',
  referral_not_suspended: 'This referral is not suspended.',
  suspension_already_acknowledged: 'Your unit has acknowledged the suspension already.',
};

/** `record`: events that go to the log all the same, because audit must see the refusal. */
export const reject = (code: ReferralRejectionCode, record: readonly ReferralEvent[] = []): never => {
  throw new DomainRejection<ReferralRejectionCode>(code, details[code], record);
};
