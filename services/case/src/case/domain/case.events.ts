import { Type } from '@sinclair/typebox';
import {
  byCode,
  caseStages,
  closed,
  closureReasons,
  code,
  formed,
  id,
  instant,
  noteClasses,
  riskDomains,
  riskLevels,
  staffId,
  type CaseStage,
} from '@waymark/contracts';
import { declareEvents, type EventOf, type Shape } from '@waymark/event-sourcing';

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

/** Referrals that had not ended when the case was closed, each with why it was closed all the same. */
const explainedReferrals = Type.Array(Type.Object({ referralId: id, explanation: Type.String() }, closed));
export type ExplainedReferrals = Shape<typeof explainedReferrals>;

/**
 * What each event says, in which version, and whose key seals which field. Plain are ids, life cycle and clocks. Whatever changes
 * the team carries the whole team that results, so that what is published follows from the event alone.
 */
export const caseEvents = declareEvents({
  CaseOpened: {
    version: 1,
    data: {
      caseId: id,
      concernId: id,
      clientId: id,
      caseCode: formed(/^[2-9B-Z]{4}-[2-9B-Z]{4}$/, 'K7RM-2XQD'),
      officerId: staffId,
      team,
      openedAt: instant,
    },
    sealed: {},
  },
  /** Somebody asked again for the case of a concern that was opened before. */
  CaseOpeningConfirmed: { version: 1, data: { caseId: id, concernId: id, clientId: id }, sealed: {} },
  OfficerAssigned: {
    version: 1,
    data: { clientId: id, officerId: staffId, previousOfficerId: staffId, team },
    sealed: {},
  },
  TeamMemberAdded: { version: 1, data: { clientId: id, staffId, team }, sealed: {} },
  TeamMemberRemoved: { version: 1, data: { clientId: id, staffId, team }, sealed: {} },
  /** Somebody steps back because of a conflict of interest, for ever; the team is what is left of it. */
  OfficerRecused: {
    version: 1,
    data: { clientId: id, staffId, team, reason: Type.String(), recusedAt: instant },
    sealed: { reason: 'client' },
  },
  StageMoved: { version: 1, data: { from: code(caseStages), to: code(openStages) }, sealed: {} },
  CaseClosed: {
    version: 1,
    data: {
      clientId: id,
      /** Where the case stood. */
      stage: code(openStages),
      closureReason: code(closureReasons),
      /** The last assessment, if its review was not due yet. */
      finalRiskAssessmentId: Type.Optional(id),
      noFinalRiskBecause: Type.Optional(Type.String()),
      openReferrals: explainedReferrals,
      closedBy: staffId,
      closedAt: instant,
    },
    sealed: { closureReason: 'client', noFinalRiskBecause: 'client', openReferrals: 'client' },
  },
  CaseReopened: {
    version: 1,
    data: { clientId: id, stage: code(openStages), reason: Type.String(), reopenedBy: staffId, reopenedAt: instant },
    sealed: { reason: 'client' },
  },
  RiskAssessed: {
    version: 1,
    data: riskAssessment,
    sealed: { levels: 'client', overall: 'client', immediateActions: 'client' },
  },
  NoteWritten: { version: 1, data: note, sealed: { noteClass: 'client', text: 'client' } },
});

export type CaseEvent = EventOf<typeof caseEvents>;
export type Closure = Extract<CaseEvent, { type: 'CaseClosed' }>['data'];
export type RiskAssessment = Extract<CaseEvent, { type: 'RiskAssessed' }>['data'];
export type Note = Extract<CaseEvent, { type: 'NoteWritten' }>['data'];
