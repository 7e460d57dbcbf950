import { aggregatesOf, referralStatusAfter, text, type LoggedEvent } from '../evidence.js';
import { millis, type Row, type View } from './view.js';

const begins = ['ConsentGiven', 'OverrideRequested'];
const ends = [
  ...['ConsentWithdrawn', 'ConsentExpired'],
  ...['OverrideDeclined', 'OverrideRevoked', 'OverrideEndedByClient', 'OverrideExpired'],
];

/** The consent, or the override. */
const allowing = (data: LoggedEvent['data'] | undefined): string => text(data, 'consentId') || text(data, 'overrideId');

const consentClocks: View = {
  service: 'consent',
  table: 'consent_clocks',
  key: ['consent_id'],
  fold: (log) => {
    const over = new Set(log.filter(({ type }) => ends.includes(type)).map(({ data }) => allowing(data)));
    return log
      .filter(({ type, data }) => begins.includes(type) && !over.has(allowing(data)))
      .map(({ data }): Row => ({
        consent_id: allowing(data),
        client_id: text(data, 'clientId'),
        due_at: millis(text(data, 'validUntil')),
      }));
  },
};

const changesWhatIsDue = [
  ...['ReferralSent', 'ReferralAcknowledged', 'ReferralSuspended', 'SuspensionAcknowledged'],
  ...['ReferralRevoked', 'ReferralDeclinedByClient'],
];

/** When the unit must have acknowledged: the referral, or that it is suspended. */
function dueAt(events: readonly LoggedEvent[]): string {
  const last = events.findLast(({ type }) => changesWhatIsDue.includes(type));
  if (last?.type === 'ReferralSent') return millis(text(last.data, 'acknowledgeBy'));
  return last?.type === 'ReferralSuspended' ? millis(text(last.data, 'withdrawnAt')) : '';
}

const referrals: View = {
  service: 'referral',
  table: 'referrals',
  key: ['referral_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'referral')].map(([referral, events]): Row => {
      const drafted = events.find(({ type }) => type === 'ReferralDrafted')?.data;
      const sent = events.findLast(({ type }) => type === 'ReferralSent')?.data;
      const notice = events.findLast(({ type }) => type === 'RecipientInformed' || type === 'SuspensionAcknowledged');
      return {
        referral_id: referral,
        case_id: text(drafted, 'caseId'),
        client_id: text(drafted, 'clientId'),
        unit: text(drafted, 'unit'),
        service: text(drafted, 'service'),
        urgency: text(drafted, 'urgency'),
        status: referralStatusAfter[events.findLast(({ type }) => type in referralStatusAfter)?.type ?? ''] ?? '',
        drafted_at: millis(text(drafted, 'movedAt')),
        sent_at: millis(text(sent, 'movedAt')),
        consent_id: allowing(sent),
        due_at: dueAt(events),
        notice: notice?.type === 'RecipientInformed' ? text(notice.data, 'about') : '',
      };
    }),
};

export const consentAndReferralViews: readonly View[] = [consentClocks, referrals];
