import { Type } from '@sinclair/typebox';
import {
  byCode,
  closed,
  code,
  dataCategories,
  declineReasons,
  formed,
  id,
  instant,
  purposes,
  referralOutcomes,
  services,
  staffId,
  units,
  urgencies,
  withdrawalOutcomes,
} from '@waymark/contracts';
import { declareEvents, type EventOf, readAsItIs, type Shape, type ShapeOf } from '@waymark/event-sourcing';

/** The content of one data category in its envelope: the domain moves it, but never looks into it. */
const sealedContent = Type.Object(
  { $sealed: Type.Object({ subject: id, data: formed(/^[A-Za-z0-9_-]+$/, 'c2VhbGVk') }, closed) },
  closed,
);
export type SealedContent = Shape<typeof sealedContent>;

const referralPackage = byCode(dataCategories, sealedContent);
export type ReferralPackage = Shape<typeof referralPackage>;

/** What each part of a package tells of: it leaves under a consent to this category only (package.ts). */
export const packagePartsTellOf = {
  identity: 'identity',
  contact: 'contact',
  matter_summary: 'matter_summary',
  narrative: 'narrative',
  risk: 'risk',
  needs: 'needs',
  medical: 'medical',
  workplace: 'workplace',
  attachments: 'attachments',
  case_progress: 'case_progress',
} as const;
export type PackagePart = keyof typeof packagePartsTellOf;

/** Every change of status tells what other services hear of it (integration/publish.ts). */
const move = {
  caseId: id,
  clientId: id,
  /** The recipient. */
  unit: code(units),
  service: code(services),
  movedAt: instant,
};
export type Move = ShapeOf<typeof move>;

/** What is told to a unit without a change of status. */
const toUnit = { clientId: id, unit: code(units) };

const asked = { purpose: code(purposes), categories: Type.Array(code(dataCategories)) };

const allowed = {
  /** The `ConsentGiven` that allowed it, */
  consentId: Type.Optional(id),
  /** or the `OverrideRequested` that two persons decided on. */
  overrideId: Type.Optional(id),
  /** The `DisclosureRecorded` that came first. */
  disclosureId: id,
};

/**
 * What each event says, in which version. No field is sealed as a whole: the package holds an envelope for each data category
 * (package/package-seal.ts), so that reading a referral's history opens none and an opening only those that it may.
 */
export const referralEvents = declareEvents({
  ReferralDrafted: {
    version: 1,
    data: {
      ...move,
      ...asked,
      referralId: id,
      urgency: code(urgencies),
      package: referralPackage,
      draftedBy: staffId,
    },
    sealed: {},
    enveloped: { package: packagePartsTellOf },
  },
  ReferralBlocked: { version: 1, data: { ...move, ...asked, attemptedBy: staffId }, sealed: {} },
  ReferralSent: {
    version: 2,
    data: { ...move, ...asked, ...allowed, acknowledgeBy: instant, sentBy: staffId },
    sealed: {},
    earlier: [readAsItIs],
  },
  ReferralPackageOpened: {
    version: 2,
    data: { ...toUnit, ...asked, ...allowed, openedBy: staffId },
    sealed: {},
    earlier: [readAsItIs],
  },
  ReferralAcknowledged: { version: 1, data: { ...move, acknowledgedBy: staffId }, sealed: {} },
  ReferralAccepted: { version: 1, data: { ...move, acceptedBy: staffId }, sealed: {} },
  ReferralDeclined: { version: 1, data: { ...move, declinedBy: staffId, reason: code(declineReasons) }, sealed: {} },
  ReferralServiceBegun: { version: 1, data: { ...move, begunBy: staffId }, sealed: {} },
  ReferralCompleted: {
    version: 1,
    data: { ...move, outcome: code(referralOutcomes), completedBy: staffId },
    sealed: {},
  },
  ReferralOutcomeCorrected: {
    version: 1,
    data: {
      ...move,
      outcome: code(referralOutcomes),
      previousOutcome: code(referralOutcomes),
      correctedBy: staffId,
    },
    sealed: {},
  },
  ReferralNotAttended: { version: 1, data: { ...move, recordedBy: staffId }, sealed: {} },
  ReferralRevoked: { version: 1, data: { ...move, revokedBy: staffId }, sealed: {} },
  ReferralDeclinedByClient: { version: 1, data: { ...move, recordedBy: staffId }, sealed: {} },
  /** `consentId`: what is over, the consent or the override that allowed the sending. */
  ReferralSuspended: { version: 1, data: { ...move, consentId: id, withdrawnAt: instant }, sealed: {} },
  /** What the withdrawal of a consent meant for it. Told again to whoever asks again. */
  WithdrawalApplied: {
    version: 1,
    data: { clientId: id, consentId: id, outcome: code(withdrawalOutcomes) },
    sealed: {},
  },
  RecipientInformed: {
    version: 1,
    data: { ...toUnit, about: Type.Literal('consent_withdrawn'), consentId: id },
    sealed: {},
  },
  SuspensionAcknowledged: { version: 1, data: { ...toUnit, acknowledgedBy: staffId }, sealed: {} },
});

export type ReferralEvent = EventOf<typeof referralEvents>;
