import { type ReferralStatus, referralMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { Move, ReferralEvent } from '../referral/domain/referral.events.js';

/** Told when a person was erased here. */
export const erasureAnswer = referralMessages.subjectErased;

export const publishes = [referralMessages.referralMoved];

/** What the other services learn from referral's events: each change of status, nothing of the package. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const referralId = recorded.stream.slice('referral-'.length);
  const event = { type: recorded.type, data: recorded.data } as ReferralEvent;
  const movedTo = (
    status: ReferralStatus,
    { caseId, clientId, unit, service, movedAt }: Move,
  ): Translation | undefined => ({
    type: referralMessages.referralMoved.type,
    subject: referralId,
    data: referralMessages.referralMoved.parse({ referralId, caseId, clientId, unit, service, status, movedAt }),
  });
  switch (event.type) {
    case 'ReferralDrafted':
      return movedTo('drafted', event.data);
    case 'ReferralBlocked':
      return movedTo('blocked_no_consent', event.data);
    case 'ReferralSent':
      return movedTo('sent', event.data);
    case 'ReferralAcknowledged':
      return movedTo('acknowledged', event.data);
    case 'ReferralAccepted':
      return movedTo('accepted', event.data);
    case 'ReferralDeclined':
      return movedTo('declined', event.data);
    case 'ReferralSuspended':
      return movedTo('suspended_consent_withdrawn', event.data);
    case 'ReferralPackageOpened':
    case 'RecipientInformed':
    case 'SuspensionAcknowledged':
      return undefined;
  }
}
