import type { DataCategory, DeclineReason, Purpose, ReferralOutcome, Service, Unit, Urgency } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { ReferralPackage } from './referral.events.js';

/** What the consent service answered. Only it decides; both answers stand in its log first. */
export type ConsentAnswer = Authorized | { readonly kind: 'missing' };

/** What allowed it: a consent, or an override that two persons decided on. */
export interface Allowance {
  readonly consentId?: string;
  readonly overrideId?: string;
  readonly disclosureId: string;
}

export interface Authorized extends Allowance {
  readonly kind: 'given';
}

export type ReferralCommand =
  | {
      readonly type: 'DraftReferral';
      readonly referralId: string;
      readonly caseId: string;
      readonly clientId: string;
      readonly unit: Unit;
      readonly service: Service;
      readonly purpose: Purpose;
      readonly urgency: Urgency;
      readonly package: ReferralPackage;
    }
  | {
      readonly type: 'SendReferral';
      /** What of the package goes out; all of it when left out. */
      readonly categories?: readonly DataCategory[];
      readonly consent: ConsentAnswer;
    }
  | { readonly type: 'OpenPackage'; readonly allowance: Allowance }
  | { readonly type: 'AcknowledgeReferral' }
  | { readonly type: 'AcceptReferral' }
  | { readonly type: 'DeclineReferral'; readonly reason: DeclineReason }
  | { readonly type: 'ApplyWithdrawal'; readonly consentId: string; readonly withdrawnAt: Instant }
  | { readonly type: 'BeginService' }
  | { readonly type: 'CompleteReferral'; readonly outcome: ReferralOutcome }
  | { readonly type: 'CorrectOutcome'; readonly outcome: ReferralOutcome }
  | { readonly type: 'RecordNonAttendance' }
  | { readonly type: 'RevokeReferral' }
  | { readonly type: 'RecordClientDecline' }
  | { readonly type: 'AcknowledgeSuspension' };
