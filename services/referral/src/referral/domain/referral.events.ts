import type { DataCategory, DeclineReason, Purpose, Service, Unit, Urgency } from '@waymark/contracts';
import type { DomainEvent, EventDeclarations, Instant } from '@waymark/event-sourcing';

/** The content of one data category in its envelope: the domain moves it, but never looks into it. */
export type SealedContent = object;

export type ReferralPackage = Readonly<Partial<Record<DataCategory, SealedContent>>>;

/** Every change of status tells what other services hear of it (integration/publish.ts). */
export interface Move {
  readonly caseId: string;
  readonly clientId: string;
  /** The recipient. */
  readonly unit: Unit;
  readonly service: Service;
  readonly movedAt: Instant;
}

/** What is told to a unit without a change of status. */
interface ToUnit {
  readonly clientId: string;
  readonly unit: Unit;
}

export type ReferralEvent =
  | DomainEvent<
      'ReferralDrafted',
      Move & {
        readonly referralId: string;
        readonly purpose: Purpose;
        readonly urgency: Urgency;
        readonly categories: readonly DataCategory[];
        readonly package: ReferralPackage;
        readonly draftedBy: string;
      }
    >
  | DomainEvent<
      'ReferralBlocked',
      Move & {
        readonly purpose: Purpose;
        readonly categories: readonly DataCategory[];
        readonly attemptedBy: string;
      }
    >
  | DomainEvent<
      'ReferralSent',
      Move & {
        readonly purpose: Purpose;
        readonly categories: readonly DataCategory[];
        /** The `ConsentGiven` that allowed it. */
        readonly consentId: string;
        /** The `DisclosureRecorded` that came first. */
        readonly disclosureId: string;
        readonly acknowledgeBy: Instant;
        readonly sentBy: string;
      }
    >
  | DomainEvent<
      'ReferralPackageOpened',
      ToUnit & {
        readonly purpose: Purpose;
        readonly categories: readonly DataCategory[];
        readonly consentId: string;
        readonly disclosureId: string;
        readonly openedBy: string;
      }
    >
  | DomainEvent<'ReferralAcknowledged', Move & { readonly acknowledgedBy: string }>
  | DomainEvent<'ReferralAccepted', Move & { readonly acceptedBy: string }>
  | DomainEvent<'ReferralDeclined', Move & { readonly declinedBy: string; readonly reason: DeclineReason }>
  | DomainEvent<'ReferralSuspended', Move & { readonly consentId: string; readonly withdrawnAt: Instant }>
  | DomainEvent<'RecipientInformed', ToUnit & { readonly about: 'consent_withdrawn'; readonly consentId: string }>
  | DomainEvent<'SuspensionAcknowledged', ToUnit & { readonly acknowledgedBy: string }>;

/**
 * Version of each event. No field is sealed as a whole: the package holds an envelope for each data category
 * (package/package-seal.ts), so that reading a referral's history opens none and an opening only those that it may.
 */
export const referralEvents: EventDeclarations<ReferralEvent> = {
  ReferralDrafted: { version: 1, sealed: {} },
  ReferralBlocked: { version: 1, sealed: {} },
  ReferralSent: { version: 1, sealed: {} },
  ReferralPackageOpened: { version: 1, sealed: {} },
  ReferralAcknowledged: { version: 1, sealed: {} },
  ReferralAccepted: { version: 1, sealed: {} },
  ReferralDeclined: { version: 1, sealed: {} },
  ReferralSuspended: { version: 1, sealed: {} },
  RecipientInformed: { version: 1, sealed: {} },
  SuspensionAcknowledged: { version: 1, sealed: {} },
};
