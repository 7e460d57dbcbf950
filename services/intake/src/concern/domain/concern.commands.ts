import type {
  Avenue,
  Channel,
  ConcernKind,
  GuidanceDecision,
  Identity,
  LinkOutcome,
  LinkPart,
  Priority,
  WithdrawalWay,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Account, KnownTime } from './account.js';
import type { EmergencyGrant, TeamOfConcern } from './concern.events.js';
import type { ReceiptScope, ReceiptWithdrawal } from './receipt-codes.js';

export interface Contact {
  readonly channel: Channel;
  readonly kind: ConcernKind;
  readonly identity: Identity;
  readonly immediateDanger: boolean;
  readonly medicalUrgency: boolean;
  readonly account: Account;
  /** Mark of the desk that it goes to; absent where there is no alternate desk. */
  readonly desk?: string;
  /** Marks of whom it shuts out. */
  readonly shutOut: readonly string[];
}

/** The concern by which the desk knows the client already. */
export interface EarlierConcern {
  readonly concernId: string;
  readonly clientId: string;
  /** Whoever handles it. */
  readonly handlers: readonly string[];
  /** What its client told is gone. */
  readonly erased: boolean;
}

export type ConcernCommand =
  | {
      readonly type: 'SubmitConcern';
      readonly concernId: string;
      readonly contact: Contact;
      readonly receiptHash: string;
    }
  | {
      readonly type: 'RegisterContact';
      readonly concernId: string;
      readonly contact: Contact;
      readonly contactTime: KnownTime;
      readonly firstResponse?: KnownTime;
    }
  | { readonly type: 'AllocateConcern'; readonly officerId: string; readonly from?: string }
  | { readonly type: 'WarnOfFirstResponseDue' }
  | { readonly type: 'MarkFirstResponseOverdue' }
  | { readonly type: 'EscalateToHead' }
  | { readonly type: 'RecordFirstResponse'; readonly response: KnownTime }
  | { readonly type: 'SendReporterMessage'; readonly text: string }
  | { readonly type: 'SendOfficerMessage'; readonly text: string }
  | {
      readonly type: 'TriageConcern';
      readonly priority: Priority;
      readonly riskOfRetaliation: boolean;
      readonly mandatoryReportingExplained: boolean;
    }
  | {
      readonly type: 'GiveGuidance';
      readonly avenues: readonly Avenue[];
      readonly decision: GuidanceDecision;
      readonly note?: string;
    }
  /** With the marks of whom the reporter shuts out. */
  | { readonly type: 'AcceptConcern'; readonly shutOut: readonly string[] }
  | { readonly type: 'RequestCase' }
  | { readonly type: 'IssueClientReceipt'; readonly receiptHash: string }
  | {
      readonly type: 'ReplaceReceipt';
      readonly scope: ReceiptScope;
      readonly reason: ReceiptWithdrawal;
      readonly receiptHash: string;
    }
  | { readonly type: 'UpgradeReceipt'; readonly caseId: string }
  | { readonly type: 'LinkConcernToClient'; readonly earlier: EarlierConcern }
  | { readonly type: 'RequestClientLink'; readonly linkId: string; readonly of: LinkPart }
  | { readonly type: 'SettleClientLink'; readonly linkId: string; readonly outcome: LinkOutcome }
  | {
      readonly type: 'RecordRecusal';
      readonly staffId: string;
      readonly caseId: string;
      readonly recusedAt: Instant;
    }
  /** `recused`: who has stepped back by it. */
  | { readonly type: 'RecordTeam'; readonly changed: TeamOfConcern; readonly recused?: string }
  | { readonly type: 'RecordEmergencyAccess'; readonly grant: EmergencyGrant }
  | { readonly type: 'EndEmergencyAccess'; readonly grantId: string; readonly endedAt: Instant }
  /** With the marks of whom the reporter shuts out. */
  | { readonly type: 'RequestReporterErasure'; readonly way: WithdrawalWay; readonly shutOut: readonly string[] }
  /** With the same marks. */
  | { readonly type: 'EndRetention'; readonly shutOut: readonly string[] }
  | { readonly type: 'ErasePerson'; readonly personId: string; readonly erasureId: string };

/** The command of one type. */
export type CommandOf<Type extends ConcernCommand['type']> = Extract<ConcernCommand, { type: Type }>;
