import type { RiskLevel } from '@waymark/contracts';
import { type Decider, type DecisionContext, isBefore, plusHours } from '@waymark/event-sourcing';
import { caseCodeFrom } from './case-code.js';
import type { CaseCommand, CommandOf } from './case.commands.js';
import type { CaseEvent, OpenStage, Team } from './case.events.js';
import { reject } from './case.rejections.js';
import { breakGlass, markEmergencyReviewOverdue, reviewEmergencyAccess } from './emergency-access.js';
import { type Case, type CaseState, evolve, noCase } from './case.state.js';

/** Hours until risk is assessed again. Low and none: three months, so that no open case is ever without a next review. */
export const hoursUntilReview: Readonly<Record<RiskLevel, number>> = {
  imminent: 24,
  high: 7 * 24,
  medium: 30 * 24,
  low: 90 * 24,
  none: 90 * 24,
};

export const caseDecider: Decider<CaseState, CaseCommand, CaseEvent> = {
  initialState: noCase,
  evolve,
  decide(command, state, context) {
    if (command.type === 'OpenCase') return open(command, state, context);
    if (command.type === 'LinkToClient') return linkToClient(command, state);
    if (command.type === 'ConfirmOpening') return confirmOpening(command, state, context);
    return decideOpen(command, state.status === 'none' ? reject('case_not_found') : state, context);
  },
};

function decideOpen(
  command: Exclude<CaseCommand, { type: 'OpenCase' | 'ConfirmOpening' | 'LinkToClient' }>,
  current: Case,
  context: DecisionContext,
): readonly CaseEvent[] {
  switch (command.type) {
    case 'AssignOfficer':
      return assignOfficer(command.officerId, current);
    case 'AddTeamMember':
      return addTeamMember(command.staffId, current);
    case 'RemoveTeamMember':
      return removeTeamMember(command.staffId, current);
    case 'RecuseOfficer':
      return recuseOfficer(command, current, context);
    case 'CloseCase':
      return close(command, current, context);
    case 'ReopenCase':
      return reopen(command, current, context);
    case 'MoveStage':
      onTeamOrSupervisor(current, context);
      notClosed(current);
      if (command.stage === current.stage) reject('stage_unchanged');
      return [{ type: 'StageMoved', data: { from: current.stage, to: command.stage } }];
    case 'AssessRisk':
      return assessRisk(command, current, context);
    case 'WriteNote':
      return writeNote(command, current, context);
    case 'BreakGlass':
      return breakGlass(command, current, context);
    case 'ReviewEmergencyAccess':
      return reviewEmergencyAccess(command, current, context);
    case 'MarkEmergencyReviewOverdue':
      return markEmergencyReviewOverdue(command, current, context);
  }
}

/** Once per concern: hearing of it again, in whatever message, changes nothing. */
function open(
  command: Omit<CommandOf<'OpenCase'>, 'type'>,
  state: CaseState,
  context: DecisionContext,
): readonly CaseEvent[] {
  if (state.status !== 'none') return [];
  const { caseId, concernId, clientId, officerId, shutOut } = command;
  const caseCode = caseCodeFrom(context.newId('case-code'));
  return [
    {
      type: 'CaseOpened',
      data: {
        ...{ caseId, concernId, clientId, caseCode, officerId, team: [officerId], openedAt: context.now },
        ...(shutOut && shutOut.length > 0 ? { shutOut: [...shutOut] } : {}),
      },
    },
  ];
}

/** Whoever asks again is answered again, because the first answer may be lost; a case is opened only if there is none. */
function confirmOpening(
  { type: _type, ...concern }: CommandOf<'ConfirmOpening'>,
  state: CaseState,
  context: DecisionContext,
): readonly CaseEvent[] {
  if (state.status === 'none') return open(concern, state, context);
  const { caseId, concernId, clientId } = state;
  return [{ type: 'CaseOpeningConfirmed', data: { caseId, concernId, clientId } }];
}

/** Of a case that is not open yet nothing can be said: it opens for the earlier client. */
function linkToClient({ linkId, earlierClientId }: CommandOf<'LinkToClient'>, state: CaseState): readonly CaseEvent[] {
  if (state.status === 'none') return [];
  const { concernId, clientId: previousClientId, team } = state;
  return [
    { type: 'CaseLinkedToClient', data: { linkId, concernId, clientId: earlierClientId, previousClientId, team } },
  ];
}

/** The officer before leaves the team; who was a member of it before becomes its officer. */
function assignOfficer(officerId: string, current: Case): readonly CaseEvent[] {
  const { concernId, clientId, officerId: previousOfficerId } = current;
  notRecused(officerId, current);
  if (officerId === previousOfficerId) reject('already_case_officer');
  const team: Team = [officerId, ...current.team.filter((id) => id !== previousOfficerId && id !== officerId)];
  return [{ type: 'OfficerAssigned', data: { concernId, clientId, officerId, previousOfficerId, team } }];
}

function addTeamMember(staffId: string, current: Case): readonly CaseEvent[] {
  const { concernId, clientId, team } = current;
  notRecused(staffId, current);
  if (team.includes(staffId)) reject('already_on_team');
  return [{ type: 'TeamMemberAdded', data: { concernId, clientId, staffId, team: [...team, staffId] } }];
}

function removeTeamMember(staffId: string, { concernId, clientId, officerId, team }: Case): readonly CaseEvent[] {
  if (staffId === officerId) reject('officer_not_removable');
  if (!team.includes(staffId)) reject('team_member_not_found');
  const left = team.filter((id) => id !== staffId);
  return [{ type: 'TeamMemberRemoved', data: { concernId, clientId, staffId, team: left } }];
}

/** Whoever has recused learns nothing more of the case. Its officer stays named until another one is assigned. */
function recuseOfficer(
  { reason, clientErased }: CommandOf<'RecuseOfficer'>,
  current: Case,
  context: DecisionContext,
): readonly CaseEvent[] {
  const { concernId, clientId, team, recused } = current;
  if (recused.includes(context.actor.id)) reject('case_not_found');
  const staffId = onTeamOrSupervisor(current, context);
  const left = team.filter((id) => id !== staffId);
  const why = clientErased ? {} : { reason };
  return [
    { type: 'OfficerRecused', data: { concernId, clientId, staffId, team: left, ...why, recusedAt: context.now } },
  ];
}

const notRecused = (staffId: string, { recused }: Case): void => {
  if (recused.includes(staffId)) reject('officer_recused');
};

function assessRisk(command: CommandOf<'AssessRisk'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const assessedBy = onTeam(current, context);
  notClosed(current);
  const { instrument, instrumentVersion, levels, overall, immediateActions } = command;
  if (Object.keys(levels).length === 0) reject('invalid_risk_levels');
  return [
    {
      type: 'RiskAssessed',
      data: {
        riskAssessmentId: context.newId('risk-assessment'),
        instrument,
        instrumentVersion,
        levels,
        overall,
        ...(immediateActions === undefined ? {} : { immediateActions }),
        assessedBy,
        assessedAt: context.now,
        reviewDueAt: plusHours(context.now, hoursUntilReviewOf(command)),
      },
    },
  ];
}

/** By the highest level of all: overall may be judged lower than one domain, but what is imminent in one is not looked at later for it. */
const hoursUntilReviewOf = ({ levels, overall }: Pick<CommandOf<'AssessRisk'>, 'levels' | 'overall'>): number =>
  Math.min(...[overall, ...Object.values(levels)].map((level) => hoursUntilReview[level]));

function writeNote(command: CommandOf<'WriteNote'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const authorId = onTeam(current, context);
  notClosed(current);
  const { noteClass, text } = command;
  const noteId = context.newId('note');
  return [{ type: 'NoteWritten', data: { noteId, noteClass, text, authorId, writtenAt: context.now } }];
}

/** With a final risk level, and nothing left open; or it is said why not. */
function close(command: CommandOf<'CloseCase'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const closedBy = onTeamOrSupervisor(current, context);
  const stage = notClosed(current);
  const { closureReason, noFinalRiskBecause, explained, openReferralIds, clientErased } = command;
  const finalRiskAssessmentId = finalRisk(current, context);
  if (finalRiskAssessmentId === undefined && noFinalRiskBecause === undefined) reject('final_risk_missing');
  const openReferrals = explained.filter(({ referralId }) => openReferralIds.includes(referralId));
  const unexplained = openReferralIds.filter((id) => !openReferrals.some(({ referralId }) => referralId === id));
  if (unexplained.length > 0) reject('open_referrals_unexplained', unexplained.map(toExplain));
  return [
    {
      type: 'CaseClosed',
      data: {
        ...{ clientId: current.clientId, stage, closedBy, closedAt: context.now },
        ...(clientErased ? {} : { closureReason, openReferrals }),
        ...(finalRiskAssessmentId === undefined ? {} : { finalRiskAssessmentId }),
        ...(clientErased || finalRiskAssessmentId !== undefined ? {} : { noFinalRiskBecause }),
      },
    },
  ];
}

/** A supervisor who closes a case need not be on its team, and finds its referrals in no list then. */
const toExplain = (referralId: string) => ({
  ...{ field: `openReferrals.${referralId}`, rule: 'explained' },
  message: 'This referral has not ended: say why the case is closed all the same.',
});

/** Back to where it stood. */
function reopen({ reason }: CommandOf<'ReopenCase'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const reopenedBy = onTeamOrSupervisor(current, context);
  const { clientId, closure } = current;
  if (!closure) return reject('case_not_closed');
  return [
    { type: 'CaseReopened', data: { clientId, stage: closure.stage, reason, reopenedBy, reopenedAt: context.now } },
  ];
}

/** An assessment whose review is due says nothing of how the case ends. */
const finalRisk = ({ lastRiskAssessment: last }: Case, { now }: DecisionContext): string | undefined =>
  last && isBefore(now, last.reviewDueAt) ? last.riskAssessmentId : undefined;

const notClosed = ({ stage }: Case): OpenStage => (stage === 'closed' ? reject('case_closed') : stage);

const onTeamOrSupervisor = (current: Case, context: DecisionContext): string =>
  context.actor.roles.includes('supervisor') ? context.actor.id : onTeam(current, context);

/** Only those on the team work on a case. */
function onTeam({ team }: Case, { actor }: DecisionContext): string {
  return team.includes(actor.id) ? actor.id : reject('caller_not_on_team');
}
