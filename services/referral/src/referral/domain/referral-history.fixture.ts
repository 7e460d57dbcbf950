import type { WithdrawalOutcome } from '@waymark/contracts';
import { type DecisionContext, specify } from '@waymark/event-sourcing';
import type { ConsentAnswer, ReferralCommand } from './referral.commands.js';
import { referralDecider } from './referral.decider.js';
import type { ReferralEvent } from './referral.events.js';

const now = '2026-03-02T08:00:00.000Z';
const context: DecisionContext = {
  now,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: (label) => `${label}-1`,
  eventIdAt: String,
};
export const ombudsman = {
  actor: { kind: 'staff', id: 'olivier', roles: ['unit_focal_point'], unit: 'ombudsman' },
} as const;
export const ethics = {
  actor: { kind: 'staff', id: 'elena', roles: ['unit_focal_point'], unit: 'ethics_office' },
} as const;
export const clock = { actor: { kind: 'service', id: 'referral', roles: [] } } as const;

const envelope = { $sealed: { subject: 'client-1', data: 'bytes' } };
const ids = { caseId: 'case-1', clientId: 'client-1', unit: 'ombudsman', service: 'mediation' } as const;
export const move = { ...ids, movedAt: now } as const;
export const toUnit = { clientId: 'client-1', unit: 'ombudsman' } as const;
export const draft: Extract<ReferralCommand, { type: 'DraftReferral' }> = {
  type: 'DraftReferral',
  referralId: 'referral-1',
  ...ids,
  purpose: 'referral',
  urgency: 'urgent',
  package: { matter_summary: envelope, contact: envelope },
};
export const drafted = {
  type: 'ReferralDrafted',
  data: {
    ...move,
    referralId: 'referral-1',
    purpose: 'referral',
    urgency: 'urgent',
    categories: ['contact', 'matter_summary'],
    package: { matter_summary: envelope, contact: envelope },
    draftedBy: 'amina',
  },
} as const satisfies ReferralEvent;
export const given = {
  kind: 'given',
  consentId: 'consent-1',
  disclosureId: 'disclosure-1',
} as const satisfies ConsentAnswer;
export const missing: ConsentAnswer = { kind: 'missing' };
export const send: Extract<ReferralCommand, { type: 'SendReferral' }> = { type: 'SendReferral', consent: given };
export const blocked: ReferralEvent = {
  type: 'ReferralBlocked',
  data: { ...move, purpose: 'referral', categories: ['contact', 'matter_summary'], attemptedBy: 'amina' },
};
export const sent = {
  type: 'ReferralSent',
  data: {
    ...move,
    purpose: 'referral',
    categories: ['contact', 'matter_summary'],
    consentId: 'consent-1',
    disclosureId: 'disclosure-1',
    acknowledgeBy: '2026-03-03T08:00:00.000Z',
    sentBy: 'amina',
  },
} as const satisfies ReferralEvent;
export const acknowledged: ReferralEvent = {
  type: 'ReferralAcknowledged',
  data: { ...move, acknowledgedBy: 'olivier' },
};
export const accepted: ReferralEvent = { type: 'ReferralAccepted', data: { ...move, acceptedBy: 'olivier' } };
export const declined: ReferralEvent = {
  type: 'ReferralDeclined',
  data: { ...move, declinedBy: 'olivier', reason: 'no_capacity' },
};
const withdrawnAt = '2026-03-02T07:59:59.000Z';
export const withdraw: ReferralCommand = { type: 'ApplyWithdrawal', consentId: 'consent-1', withdrawnAt };
export const applied = (outcome: WithdrawalOutcome): ReferralEvent => ({
  type: 'WithdrawalApplied',
  data: { clientId: 'client-1', consentId: 'consent-1', outcome },
});
export const suspended: ReferralEvent = {
  type: 'ReferralSuspended',
  data: { ...move, consentId: 'consent-1', withdrawnAt },
};
export const informed: ReferralEvent = {
  type: 'RecipientInformed',
  data: { ...toUnit, about: 'consent_withdrawn', consentId: 'consent-1' },
};
export const knows: ReferralEvent = { type: 'SuspensionAcknowledged', data: { ...toUnit, acknowledgedBy: 'olivier' } };
export const openPackage: ReferralCommand = {
  type: 'OpenPackage',
  allowance: { consentId: 'consent-1', disclosureId: 'disclosure-2' },
};

export const decider = specify(referralDecider, context);
