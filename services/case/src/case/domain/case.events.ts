import { Type } from '@sinclair/typebox';
import {
  byCode,
  caseStages,
  closed,
  closureReasons,
  code,
  emergencyPurposes,
  emergencyReviewOutcomes,
  formed,
  id,
  instant,
  noteClasses,
  riskDomains,
  riskLevels,
  shutOutMarks,
  staffId,
  type CaseStage,
} from '@waymark/contracts';
import { declareEvents, type EventOf, never, readAsItIs, sealedFor, type Shape } from '@waymark/event-sourcing';

/** Whoever works on a case: its officer first, then the members. */
const team = Type.Array(staffId);
export type Team = Shape<typeof team>;

/** Domains that were not assessed are absent: that is not the same as no risk. */
const levels = byCode(riskDomains, code(riskLevels));
export type RiskLevels = Shape<typeof levels>;

/** Stages that a case is moved through; closing is a command of its own. */
export type OpenStage = Exclude<CaseStage, 'closed'>;
export const openStages = caseStages.filter((stage): stage is OpenStage => stage !== 'closed');

/** Names of instruments stand in the log in the clear. */
const instrumentName = formed(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/, 'desk-risk');

const riskAssessment = {
  riskAssessmentId: id,
  instrument: instrumentName,
  instrumentVersion: instrumentName,
  levels,
  overall: code(riskLevels),
  immediateActions: Type.Optional(Type.String()),
  assessedBy: staffId,
  assessedAt: instant,
  reviewDueAt: instant,
};

const note = {
  noteId: id,
  noteClass: code(noteClasses),
  text: Type.String(),
  authorId: staffId,
  writtenAt: instant,
};

/** Whose case it is. The concern was not told in the first versions. */
const ofCase = { concernId: Type.Optional(id), clientId: id };

const deskOnly = never('notes of the desk for its own work');

/** Referrals that had not ended when the case was closed, each with why it was closed all the same. */
const explainedReferrals = Type.Array(Type.Object({ referralId: id, explanation: Type.String() }, closed));
export type ExplainedReferrals = Shape<typeof explainedReferrals>;

/**
 * What each event says, in which version, and whose key seals which field. Plain are ids, life cycle and clocks. Whatever changes
 * the team carries the whole team that results, so that what is published follows from the event alone. What brings something to its
 * end happens once the client is erased as well, without what would be sealed.
 */
export const caseEvents = declareEvents({
  CaseOpened: {
    version: 2,
    data: {
      caseId: id,
      concernId: id,
      clientId: id,
      caseCode: formed(/^[2-9B-Z]{4}-[2-9B-Z]{4}$/, 'K7RM-2XQD'),
      officerId: staffId,
      team,
      openedAt: instant,
      shutOut: shutOutMarks,
    },
    sealed: {},
    earlier: [readAsItIs],
  },
  /** Somebody asked again for the case of a concern that was opened before. */
  CaseOpeningConfirmed: { version: 1, data: { caseId: id, concernId: id, clientId: id }, sealed: {} },
  /** The client of its concern has come before: from now on this is a case of theirs. Said again to who asks again. */
  CaseLinkedToClient: {
    version: 1,
    data: { linkId: id, concernId: id, clientId: id, previousClientId: id, team },
    sealed: {},
  },
  OfficerAssigned: {
    version: 2,
    data: { ...ofCase, officerId: staffId, previousOfficerId: staffId, team },
    sealed: {},
    earlier: [readAsItIs],
  },
  TeamMemberAdded: { version: 2, data: { ...ofCase, staffId, team }, sealed: {}, earlier: [readAsItIs] },
  TeamMemberRemoved: { version: 2, data: { ...ofCase, staffId, team }, sealed: {}, earlier: [readAsItIs] },
  /** Somebody steps back because of a conflict of interest, for ever; the team is what is left of it. */
  OfficerRecused: {
    version: 3,
    data: { ...ofCase, staffId, team, reason: Type.Optional(Type.String()), recusedAt: instant },
    sealed: { reason: sealedFor('client', deskOnly) },
    earlier: [readAsItIs, readAsItIs],
  },
  StageMoved: { version: 1, data: { from: code(caseStages), to: code(openStages) }, sealed: {} },
  CaseClosed: {
    version: 2,
    data: {
      clientId: id,
      /** Where the case stood. */
      stage: code(openStages),
      closureReason: Type.Optional(code(closureReasons)),
      /** The last assessment, if its review was not due yet. */
      finalRiskAssessmentId: Type.Optional(id),
      noFinalRiskBecause: Type.Optional(Type.String()),
      openReferrals: Type.Optional(explainedReferrals),
      closedBy: staffId,
      closedAt: instant,
    },
    sealed: {
      closureReason: sealedFor('client', 'case_progress'),
      noFinalRiskBecause: sealedFor('client', deskOnly),
      openReferrals: sealedFor('client', never('tells one unit of the others')),
    },
    earlier: [readAsItIs],
  },
  CaseReopened: {
    version: 1,
    data: { clientId: id, stage: code(openStages), reason: Type.String(), reopenedBy: staffId, reopenedAt: instant },
    sealed: { reason: sealedFor('client', deskOnly) },
  },
  RiskAssessed: {
    version: 1,
    data: riskAssessment,
    sealed: {
      levels: sealedFor('client', 'risk'),
      overall: sealedFor('client', 'risk'),
      immediateActions: sealedFor('client', 'risk'),
    },
  },
  NoteWritten: {
    version: 1,
    data: note,
    sealed: { noteClass: sealedFor('client', deskOnly), text: sealedFor('client', deskOnly) },
  },
  /** Somebody outside of the team reads the case for some hours. Others cite it by `grantId`, which is the event's own id. */
  EmergencyAccessGranted: {
    version: 2,
    data: {
      ...ofCase,
      grantId: id,
      staffId,
      purpose: code(emergencyPurposes),
      reason: Type.String(),
      grantedAt: instant,
      endsAt: instant,
      reviewDueAt: instant,
    },
    sealed: { reason: sealedFor('client', deskOnly) },
    earlier: [readAsItIs],
  },
  EmergencyAccessReviewed: {
    version: 3,
    data: {
      ...ofCase,
      grantId: id,
      outcome: code(emergencyReviewOutcomes),
      findings: Type.Optional(Type.String()),
      reviewedBy: staffId,
      reviewedAt: instant,
    },
    sealed: { findings: sealedFor('client', deskOnly) },
    earlier: [readAsItIs, readAsItIs],
  },
  EmergencyReviewOverdue: { version: 1, data: { clientId: id, grantId: id, dueAt: instant }, sealed: {} },
});

export type CaseEvent = EventOf<typeof caseEvents>;
export type Closure = Extract<CaseEvent, { type: 'CaseClosed' }>['data'];
export type Reopening = Extract<CaseEvent, { type: 'CaseReopened' }>['data'];
export type RiskAssessment = Extract<CaseEvent, { type: 'RiskAssessed' }>['data'];
export type Note = Extract<CaseEvent, { type: 'NoteWritten' }>['data'];
/** Whether nothing is left of what somebody said when they brought something to its end: the client is erased. */
export function nothingKept({ type, data }: CaseEvent): boolean {
  if (type === 'OfficerRecused') return data.reason === undefined;
  if (type === 'CaseClosed') return data.closureReason === undefined;
  return type === 'EmergencyAccessReviewed' && data.findings === undefined;
}
/** What happens about an emergency access. */
export const emergencyEvents = [
  'EmergencyAccessGranted',
  'EmergencyAccessReviewed',
  'EmergencyReviewOverdue',
] as const satisfies readonly CaseEvent['type'][];
export type EmergencyEvent = Extract<CaseEvent, { type: (typeof emergencyEvents)[number] }>;
export type EmergencyGrant = Extract<CaseEvent, { type: 'EmergencyAccessGranted' }>['data'];
export type EmergencyReview = Extract<CaseEvent, { type: 'EmergencyAccessReviewed' }>['data'];
