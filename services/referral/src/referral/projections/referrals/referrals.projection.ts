import type { EntityManager } from 'typeorm';
import type { Projection } from '@waymark/projections';
import type { ReferralEvent } from '../../domain/referral.events.js';
import { ReferralEntry } from './referral-entry.entity.js';

/** Referrals by unit, case and consent, with what is due. */
export const referralsProjection: Projection = {
  name: 'referrals',
  version: 1,
  categories: ['referral'],
  apply: async (recorded, manager) => {
    const referralId = recorded.stream.slice('referral-'.length);
    const event = { type: recorded.type, data: recorded.data } as ReferralEvent;
    if (event.type === 'ReferralDrafted') await manager.insert(ReferralEntry, entryOf(referralId, event.data));
    else await change(referralId, event, manager);
  },
};

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
    dueAt: null,
    notice: null,
  };
}

async function change(
  referralId: string,
  event: Exclude<ReferralEvent, { type: 'ReferralDrafted' }>,
  manager: EntityManager,
): Promise<void> {
  const set = async (fields: Partial<ReferralEntry>): Promise<void> => {
    await manager.update(ReferralEntry, { referralId }, fields);
  };
  switch (event.type) {
    case 'ReferralBlocked':
      return set({ status: 'blocked_no_consent' });
    case 'ReferralSent': {
      const { consentId, acknowledgeBy, movedAt } = event.data;
      return set({ status: 'sent', consentId, sentAt: new Date(movedAt), dueAt: new Date(acknowledgeBy) });
    }
    case 'ReferralAcknowledged':
      return set({ status: 'acknowledged', dueAt: null });
    case 'ReferralAccepted':
      return set({ status: 'accepted' });
    case 'ReferralDeclined':
      return set({ status: 'declined' });
    case 'ReferralSuspended':
      return set({ status: 'suspended_consent_withdrawn', dueAt: new Date(event.data.withdrawnAt) });
    case 'RecipientInformed':
      return set({ notice: event.data.about });
    case 'SuspensionAcknowledged':
      return set({ notice: null, dueAt: null });
    case 'ReferralPackageOpened':
      return;
  }
}
