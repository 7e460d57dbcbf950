import type { RiskLevel } from '@waymark/contracts';
import { type Decider, type DecisionContext, plusHours } from '@waymark/event-sourcing';
import { caseCodeFrom } from './case-code.js';
import type { CaseCommand } from './case.commands.js';
import type { CaseEvent, Team } from './case.events.js';
import { reject } from './case.rejections.js';
import { type Case, type CaseState, evolve, noCase } from './case.state.js';

type CommandOf<Type extends CaseCommand['type']> = Extract<CaseCommand, { type: Type }>;

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
    if (command.type === 'ConfirmOpening') return confirmOpening(command, state, context);
    return decideOpen(command, state.status === 'none' ? reject('case_not_found') : state, context);
  },
};

function decideOpen(
  command: Exclude<CaseCommand, { type: 'OpenCase' | 'ConfirmOpening' }>,
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
    case 'MoveStage':
      if (!context.actor.roles.includes('supervisor')) onTeam(current, context);
      if (command.stage === current.stage) reject('stage_unchanged');
      return [{ type: 'StageMoved', data: { from: current.stage, to: command.stage } }];
    case 'AssessRisk':
      return assessRisk(command, current, context);
    case 'WriteNote':
      return writeNote(command, current, context);
  }
}

/** Once per concern: hearing of it again, in whatever message, changes nothing. */
function open(
  command: Omit<CommandOf<'OpenCase'>, 'type'>,
  state: CaseState,
  context: DecisionContext,
): readonly CaseEvent[] {
  if (state.status !== 'none') return [];
  const { caseId, concernId, clientId, officerId } = command;
  const caseCode = caseCodeFrom(context.newId('case-code'));
  return [
    {
      type: 'CaseOpened',
      data: { caseId, concernId, clientId, caseCode, officerId, team: [officerId], openedAt: context.now },
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

/** The officer before leaves the team; who was a member of it before becomes its officer. */
function assignOfficer(officerId: string, current: Case): readonly CaseEvent[] {
  const { clientId, officerId: previousOfficerId } = current;
  if (officerId === previousOfficerId) reject('already_case_officer');
  const team: Team = [officerId, ...current.team.filter((id) => id !== previousOfficerId && id !== officerId)];
  return [{ type: 'OfficerAssigned', data: { clientId, officerId, previousOfficerId, team } }];
}

function addTeamMember(staffId: string, { clientId, team }: Case): readonly CaseEvent[] {
  if (team.includes(staffId)) reject('already_on_team');
  return [{ type: 'TeamMemberAdded', data: { clientId, staffId, team: [...team, staffId] } }];
}

function removeTeamMember(staffId: string, { clientId, officerId, team }: Case): readonly CaseEvent[] {
  if (staffId === officerId) reject('officer_not_removable');
  if (!team.includes(staffId)) reject('team_member_not_found');
  return [{ type: 'TeamMemberRemoved', data: { clientId, staffId, team: team.filter((id) => id !== staffId) } }];
}

function assessRisk(command: CommandOf<'AssessRisk'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const assessedBy = onTeam(current, context);
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
        reviewDueAt: plusHours(context.now, hoursUntilReview[overall]),
      },
    },
  ];
}

function writeNote(command: CommandOf<'WriteNote'>, current: Case, context: DecisionContext): readonly CaseEvent[] {
  const authorId = onTeam(current, context);
  const { noteClass, text } = command;
  const noteId = context.newId('note');
  return [{ type: 'NoteWritten', data: { noteId, noteClass, text, authorId, writtenAt: context.now } }];
}

/** Only those on the team work on a case. */
function onTeam({ team }: Case, { actor }: DecisionContext): string {
  return team.includes(actor.id) ? actor.id : reject('caller_not_on_team');
}
