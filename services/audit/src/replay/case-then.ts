import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';

/** Somebody outside of the team who broke the glass. */
export interface EmergencyAccessThen {
  readonly grantId: string;
  readonly staffId: string;
  readonly endsAt?: string;
  /** A review ends it before its hour. */
  readonly reviewedAt?: string;
}

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
  /** Who stepped back for ever because of a conflict of interest. */
  readonly recused: readonly string[];
  /** How many people, roles and units the reporter of its concern shuts out. Who they are, nobody can tell from the log. */
  readonly shutOut: number;
  readonly emergencyAccesses: readonly EmergencyAccessThen[];
  /** How it came out is sealed; that it was done, and until when it holds, is not. */
  readonly lastRiskAssessment?: { readonly assessedAt: string; readonly reviewDueAt?: string };
}

/** Whether it opened the case at a moment: nothing has to say so for its hours to be over. */
export const isInForce = ({ endsAt, reviewedAt }: EmergencyAccessThen, moment: number): boolean =>
  reviewedAt === undefined && endsAt !== undefined && moment < Date.parse(endsAt);

const none = { stage: 'engagement', team: [], recused: [], shutOut: 0, emergencyAccesses: [] };

/** Undefined for a type that audit does not interpret. */
export function evolveCase(before: CaseThen | undefined, { type, data, subject, occurredAt }: Fact) {
  const current: CaseThen = before ?? { caseId: subject, ...none };
  switch (type) {
    case 'CaseOpened':
      return {
        ...current,
        concernId: textIn(data, 'concernId'),
        caseCode: textIn(data, 'caseCode'),
        openedAt: textIn(data, 'openedAt') ?? occurredAt,
        officerId: textIn(data, 'officerId'),
        team: textsIn(data, 'team'),
        shutOut: textsIn(data, 'shutOut').length,
      };
    case 'OfficerAssigned':
      return { ...current, officerId: textIn(data, 'officerId'), team: textsIn(data, 'team') };
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
      return { ...current, team: textsIn(data, 'team') };
    case 'OfficerRecused':
      return { ...current, team: textsIn(data, 'team'), recused: withText(current.recused, data, 'staffId') };
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
    case 'EmergencyAccessGranted':
      return { ...current, emergencyAccesses: [...current.emergencyAccesses, emergencyAccess(data)] };
    case 'EmergencyAccessReviewed': {
      const reviewedAt = textIn(data, 'reviewedAt') ?? occurredAt;
      const emergencyAccesses = current.emergencyAccesses.map((access) =>
        access.grantId === textIn(data, 'grantId') ? { ...access, reviewedAt } : access,
      );
      return { ...current, emergencyAccesses };
    }
    case 'CaseLinkedToClient':
    case 'CaseOpeningConfirmed':
    case 'NoteWritten':
    case 'EmergencyReviewOverdue':
      return current;
    default:
      return undefined;
  }
}

const emergencyAccess = (data: Fact['data']): EmergencyAccessThen => ({
  grantId: textIn(data, 'grantId') ?? 'unknown',
  staffId: textIn(data, 'staffId') ?? 'unknown',
  endsAt: textIn(data, 'endsAt'),
});

const withText = (texts: readonly string[], data: Fact['data'], name: string): readonly string[] => {
  const text = textIn(data, name);
  return text === undefined || texts.includes(text) ? texts : [...texts, text];
};
