import { foldedRows, oneRow } from '@waymark/projections';
import type { ReferralEvent } from '../../domain/referral.events.js';
import { allowedBy } from '../../domain/referral.state.js';
import { ReferralEntry } from './referral-entry.entity.js';

/** Referrals by unit, case and consent, with what is due. */
export const referralsProjection = foldedRows({
  name: 'referrals',
  version: 4,
  categories: ['referral'],
  tables: `
    CREATE TABLE referrals (
      referral_id uuid PRIMARY KEY,
      case_id uuid NOT NULL,
      client_id uuid NOT NULL,
      unit text NOT NULL,
      service text NOT NULL,
      urgency text NOT NULL,
      status text NOT NULL,
      drafted_at timestamptz NOT NULL,
      sent_at timestamptz,
      consent_id uuid,
      consent_withdrawn boolean NOT NULL,
      due_at timestamptz,
      notice text
    );
    CREATE INDEX referrals_of_unit
      ON referrals (unit, (coalesce(due_at, 'infinity')), referral_id) WHERE sent_at IS NOT NULL;
    CREATE INDEX referrals_of_case ON referrals (case_id, (coalesce(due_at, 'infinity')), referral_id);
    CREATE INDEX referrals_under_consent ON referrals (consent_id, status);`,
  entity: ReferralEntry,
  of: 'referralId',
  idOf: ({ stream }) => stream.slice('referral-'.length),
  fold: oneRow((entry, { type, data, stream }) => {
    const event = { type, data } as ReferralEvent;
    if (event.type === 'ReferralDrafted') return entryOf(stream.slice('referral-'.length), event.data);
    return entry && { ...entry, ...changeBy(event, entry) };
  }),
});

function entryOf(referralId: string, data: Extract<ReferralEvent, { type: 'ReferralDrafted' }>['data']): ReferralEntry {
  const { caseId, clientId, unit, service, urgency, movedAt } = data;
  return {
    referralId,
    caseId,
    clientId,
    unit,
    service,
    urgency,
    status: 'drafted',
    draftedAt: new Date(movedAt),
    sentAt: null,
    consentId: null,
    consentWithdrawn: false,
    dueAt: null,
    notice: null,
  };
}

function changeBy(
  event: Exclude<ReferralEvent, { type: 'ReferralDrafted' }>,
  { consentId }: ReferralEntry,
): Partial<ReferralEntry> {
  switch (event.type) {
    case 'ReferralBlocked':
      return { status: 'blocked_no_consent' };
    case 'ReferralSent': {
      const { acknowledgeBy, movedAt } = event.data;
      return {
        status: 'sent',
        consentId: allowedBy(event.data) ?? null,
        sentAt: new Date(movedAt),
        dueAt: new Date(acknowledgeBy),
      };
    }
    case 'ReferralAcknowledged':
      return { status: 'acknowledged', dueAt: null };
    case 'ReferralAccepted':
      return { status: 'accepted' };
    case 'ReferralDeclined':
      return { status: 'declined' };
    case 'ReferralServiceBegun':
      return { status: 'in_service' };
    case 'ReferralCompleted':
      return { status: 'completed' };
    case 'ReferralNotAttended':
      return { status: 'not_attended' };
    case 'ReferralRevoked':
      return { status: 'revoked', dueAt: null, notice: null };
    case 'ReferralDeclinedByClient':
      return { status: 'declined_by_client', dueAt: null, notice: null };
    case 'ReferralSuspended':
      return { status: 'suspended_consent_withdrawn', dueAt: new Date(event.data.withdrawnAt) };
    case 'RecipientInformed':
      return { notice: event.data.about };
    case 'SuspensionAcknowledged':
      return { notice: null, dueAt: null };
    case 'WithdrawalApplied':
      return event.data.consentId === consentId ? { consentWithdrawn: true } : {};
    case 'ReferralPackageOpened':
    case 'ReferralOutcomeCorrected':
      return {};
  }
}
