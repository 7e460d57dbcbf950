import { type ReferralResult, type ReferralStatus, referralMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import { factPseudonym, type Platform } from '@waymark/service-kit';
import type { Move, ReferralEvent } from '../referral/domain/referral.events.js';

/** Told when a person was erased here. */
export const erasureAnswer = referralMessages.subjectErased;

export const publishes = [
  referralMessages.referralMoved,
  referralMessages.withdrawalApplied,
  referralMessages.referralCounted,
  referralMessages.resultCounted,
];

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
    case 'ReferralServiceBegun':
      return movedTo('in_service', event.data);
    case 'ReferralCompleted':
      return movedTo('completed', event.data);
    case 'ReferralNotAttended':
      return movedTo('not_attended', event.data);
    case 'ReferralRevoked':
      return movedTo('revoked', event.data);
    case 'ReferralDeclinedByClient':
      return movedTo('declined_by_client', event.data);
    case 'ReferralSuspended':
      return movedTo('suspended_consent_withdrawn', event.data);
    case 'WithdrawalApplied':
      return {
        type: referralMessages.withdrawalApplied.type,
        subject: referralId,
        data: referralMessages.withdrawalApplied.parse({
          referralId,
          ...event.data,
          appliedAt: recorded.metadata.occurredAt,
        }),
      };
    case 'ReferralPackageOpened':
    case 'ReferralOutcomeCorrected':
    case 'RecipientInformed':
    case 'SuspensionAcknowledged':
      return undefined;
  }
}

/** Month, unit, service and result only, under a pseudonym that needs the referral service's secret to be joined back. */
export function publishFacts(recorded: OpenedEvent, { secrets }: Pick<Platform, 'secrets'>): Translation | undefined {
  const event = { type: recorded.type, data: recorded.data } as ReferralEvent;
  const subject = factPseudonym(secrets, 'referral', recorded.stream.slice('referral-'.length));
  const month = recorded.metadata.occurredAt.slice(0, 7);
  const fact = { subject, unlinked: true, time: `${month}-01T00:00:00.000Z` };
  if (event.type === 'ReferralSent') {
    const { unit, service } = event.data;
    const { type, parse } = referralMessages.referralCounted;
    return { ...fact, type, data: parse({ factId: subject, month, unit, service }) };
  }
  const result = resultOf(event);
  const { type, parse } = referralMessages.resultCounted;
  return result && { ...fact, type, data: parse({ factId: subject, result }) };
}

/** Undefined: what is told of the referral is still true. */
function resultOf(event: Exclude<ReferralEvent, { type: 'ReferralSent' }>): ReferralResult | undefined {
  switch (event.type) {
    case 'ReferralCompleted':
    case 'ReferralOutcomeCorrected':
      return event.data.outcome;
    case 'ReferralNotAttended':
      return 'not_attended';
    case 'ReferralDeclined':
      return 'declined';
    case 'ReferralDeclinedByClient':
      return 'declined_by_client';
    case 'ReferralSuspended':
      return 'consent_withdrawn';
    case 'ReferralRevoked':
      return 'revoked';
    case 'ReferralDrafted':
    case 'ReferralBlocked':
    case 'ReferralPackageOpened':
    case 'ReferralAcknowledged':
    case 'ReferralAccepted':
    case 'ReferralServiceBegun':
    case 'RecipientInformed':
    case 'WithdrawalApplied':
    case 'SuspensionAcknowledged':
      return undefined;
  }
}
