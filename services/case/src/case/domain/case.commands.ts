import type { ClosureReason, EmergencyPurpose, EmergencyReviewOutcome, NoteClass, RiskLevel } from '@waymark/contracts';
import type { ExplainedReferrals, OpenStage, RiskLevels } from './case.events.js';

/** What brings work on a case to its end. Once the client is erased it happens all the same, and nothing is kept of what was said. */
interface Ending {
  readonly clientErased?: true;
}

export type CaseCommand =
  | {
      readonly type: 'OpenCase';
      readonly caseId: string;
      readonly concernId: string;
      readonly clientId: string;
      readonly officerId: string;
      readonly shutOut?: readonly string[];
    }
  | {
      readonly type: 'ConfirmOpening';
      readonly caseId: string;
      readonly concernId: string;
      readonly clientId: string;
      readonly officerId: string;
      readonly shutOut?: readonly string[];
    }
  | { readonly type: 'LinkToClient'; readonly linkId: string; readonly earlierClientId: string }
  | { readonly type: 'AssignOfficer'; readonly officerId: string }
  | { readonly type: 'AddTeamMember'; readonly staffId: string }
  | { readonly type: 'RemoveTeamMember'; readonly staffId: string }
  | ({ readonly type: 'RecuseOfficer'; readonly reason: string } & Ending)
  | { readonly type: 'MoveStage'; readonly stage: OpenStage }
  | {
      readonly type: 'AssessRisk';
      readonly instrument: string;
      readonly instrumentVersion: string;
      readonly levels: RiskLevels;
      readonly overall: RiskLevel;
      readonly immediateActions?: string;
    }
  | ({
      readonly type: 'CloseCase';
      readonly closureReason: ClosureReason;
      readonly noFinalRiskBecause?: string;
      readonly explained: ExplainedReferrals;
      /** What has not ended, as far as the service has heard. */
      readonly openReferralIds: readonly string[];
    } & Ending)
  | { readonly type: 'ReopenCase'; readonly reason: string }
  | {
      readonly type: 'BreakGlass';
      readonly purpose: EmergencyPurpose;
      readonly reason: string;
      readonly hours: number;
    }
  | ({
      readonly type: 'ReviewEmergencyAccess';
      readonly grantId: string;
      readonly outcome: EmergencyReviewOutcome;
      readonly findings: string;
    } & Ending)
  | { readonly type: 'MarkEmergencyReviewOverdue'; readonly grantId: string }
  | { readonly type: 'WriteNote'; readonly noteClass: NoteClass; readonly text: string };

/** Sent by messages and clocks: no person asks for them. */
export type UnaskedCommand = Extract<
  CaseCommand,
  { type: 'OpenCase' | 'ConfirmOpening' | 'LinkToClient' | 'MarkEmergencyReviewOverdue' }
>;

const endings = ['RecuseOfficer', 'CloseCase', 'ReviewEmergencyAccess'] as const;
type EndingCommand = Extract<CaseCommand, { type: (typeof endings)[number] }>;
export const isEnding = (command: CaseCommand): command is EndingCommand =>
  endings.some((type) => type === command.type);

/** The command of one type. */
export type CommandOf<Type extends CaseCommand['type']> = Extract<CaseCommand, { type: Type }>;
