import type { CaseStage } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type {
  CaseEvent,
  Closure,
  EmergencyGrant,
  EmergencyReview,
  Note,
  Reopening,
  RiskAssessment,
  Team,
} from './case.events.js';

export interface NoCase {
  readonly status: 'none';
}

export interface Case {
  readonly status: 'open';
  readonly caseId: string;
  readonly concernId: string;
  readonly clientId: string;
  readonly caseCode: string;
  readonly officerId: string;
  /** Without the officer once they have recused, until another is assigned. */
  readonly team: Team;
  /** Marks of whom the reporter of its concern shuts out. */
  readonly shutOut?: readonly string[];
  /** Who has stepped back, for ever. */
  readonly recused: readonly string[];
  readonly stage: CaseStage;
  readonly openedAt: Instant;
  readonly lastRiskAssessment?: RiskAssessment;
  readonly notes: readonly Note[];
  readonly emergencyAccesses: readonly EmergencyAccess[];
  /** While it is closed. */
  readonly closure?: Closure;
  /** The last one. */
  readonly reopening?: Reopening;
}

export interface EmergencyAccess extends EmergencyGrant {
  /** Nobody has reviewed it in time. */
  readonly overdue: boolean;
  readonly review?: EmergencyReview;
}

export type CaseState = NoCase | Case;

export const noCase: CaseState = { status: 'none' };

export function evolve(state: CaseState, event: CaseEvent): CaseState {
  if (event.type === 'CaseOpened')
    return { ...event.data, status: 'open', stage: 'engagement', recused: [], notes: [], emergencyAccesses: [] };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'CaseLinkedToClient':
      return { ...state, clientId: event.data.clientId };
    case 'OfficerAssigned':
      return { ...state, officerId: event.data.officerId, team: event.data.team };
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
      return { ...state, team: event.data.team };
    case 'OfficerRecused':
      return { ...state, team: event.data.team, recused: [...state.recused, event.data.staffId] };
    case 'StageMoved':
      return { ...state, stage: event.data.to };
    case 'CaseClosed':
      return { ...state, stage: 'closed', closure: event.data };
    case 'CaseReopened': {
      const { closure: _ended, ...rest } = state;
      return { ...rest, stage: event.data.stage, reopening: event.data };
    }
    case 'RiskAssessed':
      return { ...state, lastRiskAssessment: event.data };
    case 'NoteWritten':
      return { ...state, notes: [...state.notes, event.data] };
    case 'EmergencyAccessGranted':
      return { ...state, emergencyAccesses: [...state.emergencyAccesses, { ...event.data, overdue: false }] };
    case 'EmergencyAccessReviewed':
      return withEmergencyAccess(state, event.data.grantId, { review: event.data });
    case 'EmergencyReviewOverdue':
      return withEmergencyAccess(state, event.data.grantId, { overdue: true });
    case 'CaseOpeningConfirmed':
      return state;
  }
}

const withEmergencyAccess = (state: Case, grantId: string, changed: Partial<EmergencyAccess>): Case => ({
  ...state,
  emergencyAccesses: state.emergencyAccesses.map((access) =>
    access.grantId === grantId ? { ...access, ...changed } : access,
  ),
});
