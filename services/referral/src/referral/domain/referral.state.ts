import type {
  DataCategory,
  DeclineReason,
  Purpose,
  ReferralOutcome,
  ReferralStatus,
  Service,
  Unit,
  Urgency,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Allowance } from './referral.commands.js';
import type { ReferralEvent, ReferralPackage } from './referral.events.js';

export interface NoReferral {
  readonly status: 'none';
}

/** What left the desk, when, and what allowed it. */
export interface Sending extends Allowance {
  readonly categories: readonly DataCategory[];
  readonly acknowledgeBy: Instant;
  readonly sentBy: string;
  readonly sentAt: Instant;
}

export interface Suspension {
  readonly withdrawnAt: Instant;
  readonly suspendedAt: Instant;
  readonly acknowledged: boolean;
}

export interface Referral {
  readonly status: ReferralStatus;
  readonly referralId: string;
  readonly caseId: string;
  readonly clientId: string;
  readonly unit: Unit;
  readonly service: Service;
  readonly purpose: Purpose;
  readonly urgency: Urgency;
  readonly categories: readonly DataCategory[];
  readonly package: ReferralPackage;
  readonly draftedBy: string;
  readonly draftedAt: Instant;
  readonly sending?: Sending;
  readonly acknowledgedAt?: Instant;
  readonly decidedAt?: Instant;
  readonly declineReason?: DeclineReason;
  readonly outcome?: ReferralOutcome;
  /** When it came to its end, after it was accepted or by the desk. */
  readonly endedAt?: Instant;
  readonly suspension?: Suspension;
  /** Consents and overrides under which it can no longer be sent. */
  readonly withdrawnConsents: readonly string[];
}

export type ReferralState = NoReferral | Referral;

export const noReferral: ReferralState = { status: 'none' };

export function evolve(state: ReferralState, event: ReferralEvent): ReferralState {
  if (event.type === 'ReferralDrafted') return drafted(event.data);
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ReferralBlocked':
      return { ...state, status: 'blocked_no_consent' };
    case 'ReferralSent': {
      const { categories, acknowledgeBy, sentBy, movedAt: sentAt } = event.data;
      const sending = { ...allowanceOf(event.data), categories, acknowledgeBy, sentBy, sentAt };
      return { ...state, status: 'sent', sending };
    }
    case 'ReferralAcknowledged':
      return { ...state, status: 'acknowledged', acknowledgedAt: event.data.movedAt };
    case 'ReferralAccepted':
      return { ...state, status: 'accepted', decidedAt: event.data.movedAt };
    case 'ReferralDeclined':
      return { ...state, status: 'declined', decidedAt: event.data.movedAt, declineReason: event.data.reason };
    case 'ReferralServiceBegun':
      return { ...state, status: 'in_service' };
    case 'ReferralCompleted':
      return { ...state, status: 'completed', outcome: event.data.outcome, endedAt: event.data.movedAt };
    case 'ReferralOutcomeCorrected':
      return { ...state, outcome: event.data.outcome };
    case 'ReferralNotAttended':
      return { ...state, status: 'not_attended', endedAt: event.data.movedAt };
    case 'ReferralRevoked':
      return { ...state, status: 'revoked', endedAt: event.data.movedAt };
    case 'ReferralDeclinedByClient':
      return { ...state, status: 'declined_by_client', endedAt: event.data.movedAt };
    case 'ReferralSuspended': {
      const { withdrawnAt, movedAt: suspendedAt } = event.data;
      const suspension = { withdrawnAt, suspendedAt, acknowledged: false };
      return { ...state, status: 'suspended_consent_withdrawn', suspension };
    }
    case 'SuspensionAcknowledged':
      return state.suspension ? { ...state, suspension: { ...state.suspension, acknowledged: true } } : state;
    case 'WithdrawalApplied':
      return { ...state, withdrawnConsents: [...state.withdrawnConsents, event.data.consentId] };
    case 'ReferralPackageOpened':
    case 'RecipientInformed':
      return state;
  }
}

/** The consent or the override that allowed a disclosure. */
export const allowedBy = ({ consentId, overrideId }: Allowance): string | undefined => consentId ?? overrideId;

/** Whether the referral has heard that what allowed this is over. */
export const isOver = ({ withdrawnConsents }: Referral, allowance: Allowance): boolean =>
  withdrawnConsents.some((ended) => ended === allowedBy(allowance));

/** What allowed a disclosure, without whatever else stands beside it. */
export const allowanceOf = ({ consentId, overrideId, disclosureId }: Allowance): Allowance => ({
  ...(consentId === undefined ? {} : { consentId }),
  ...(overrideId === undefined ? {} : { overrideId }),
  disclosureId,
});

function drafted(data: Extract<ReferralEvent, { type: 'ReferralDrafted' }>['data']): Referral {
  const { movedAt: draftedAt, ...rest } = data;
  return { ...rest, status: 'drafted', draftedAt, withdrawnConsents: [] };
}
