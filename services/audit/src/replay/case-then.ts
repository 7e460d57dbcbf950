import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';

export interface CaseThen {
  readonly caseId: string;
  readonly concernId?: string;
  readonly caseCode?: string;
  readonly openedAt?: string;
  readonly stage: string;
  /** Why is sealed. */
  readonly closedAt?: string;
  readonly officerId?: string;
  readonly team: readonly string[];
  /** How it came out is sealed; that it was done, and until when it holds, is not. */
  readonly lastRiskAssessment?: { readonly assessedAt: string; readonly reviewDueAt?: string };
}

/** Undefined for a type that audit does not interpret. */
export function evolveCase(before: CaseThen | undefined, { type, data, subject, occurredAt }: Fact) {
  const current: CaseThen = before ?? { caseId: subject, stage: 'engagement', team: [] };
  switch (type) {
    case 'CaseOpened':
      return {
        ...current,
        concernId: textIn(data, 'concernId'),
        caseCode: textIn(data, 'caseCode'),
        openedAt: textIn(data, 'openedAt') ?? occurredAt,
        officerId: textIn(data, 'officerId'),
        team: textsIn(data, 'team'),
      };
    case 'OfficerAssigned':
      return { ...current, officerId: textIn(data, 'officerId'), team: textsIn(data, 'team') };
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
    case 'OfficerRecused':
      return { ...current, team: textsIn(data, 'team') };
    case 'StageMoved':
      return { ...current, stage: textIn(data, 'to') ?? current.stage };
    case 'CaseClosed':
      return { ...current, stage: 'closed', closedAt: textIn(data, 'closedAt') ?? occurredAt };
    case 'CaseReopened': {
      const { closedAt: _before, ...reopened } = current;
      return { ...reopened, stage: textIn(data, 'stage') ?? current.stage };
    }
    case 'RiskAssessed':
      return {
        ...current,
        lastRiskAssessment: {
          assessedAt: textIn(data, 'assessedAt') ?? occurredAt,
          reviewDueAt: textIn(data, 'reviewDueAt'),
        },
      };
    case 'CaseLinkedToClient':
    case 'CaseOpeningConfirmed':
    case 'NoteWritten':
    case 'EmergencyAccessGranted':
    case 'EmergencyAccessReviewed':
    case 'EmergencyReviewOverdue':
      return current;
    default:
      return undefined;
  }
}
