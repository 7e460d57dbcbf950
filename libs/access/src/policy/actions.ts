// Made from waymark.cedarschema by npm run policies.
import type { EntityRef } from './entity.js';

/** Every command and query that a policy speaks of: who may ask at all, of which kind of thing, and whether it is judged what for. */
export const actions = {
  AcceptConcern: { principals: ['Staff'], resource: 'Concern' },
  AcceptReferral: { principals: ['Staff'], resource: 'Referral' },
  AcknowledgeReferral: { principals: ['Staff'], resource: 'Referral' },
  AcknowledgeSuspension: { principals: ['Staff'], resource: 'Referral' },
  AddTeamMember: { principals: ['Staff'], resource: 'Case' },
  AllocateConcern: { principals: ['Staff'], resource: 'Concern' },
  ApproveErasure: { principals: ['Staff'], resource: 'Client' },
  ApproveOverride: { principals: ['Staff'], resource: 'Client' },
  AssessRisk: { principals: ['Staff'], resource: 'Case' },
  AssignOfficer: { principals: ['Staff'], resource: 'Case' },
  AuthorizeDisclosure: { principals: ['Service'], resource: 'Client' },
  BeginService: { principals: ['Staff'], resource: 'Referral' },
  BreakGlass: { principals: ['Staff'], resource: 'Case' },
  CheckCase: { principals: ['Staff'], resource: 'History', purpose: true },
  CheckHealth: { principals: ['Anyone'], resource: 'Waymark' },
  CloseCase: { principals: ['Staff'], resource: 'Case' },
  CompleteReferral: { principals: ['Staff'], resource: 'Referral' },
  CorrectOutcome: { principals: ['Staff'], resource: 'Referral' },
  DeclineErasure: { principals: ['Staff'], resource: 'Client' },
  DeclineOverride: { principals: ['Staff'], resource: 'Client' },
  DeclineReferral: { principals: ['Staff'], resource: 'Referral' },
  DelayInformingOfOverride: { principals: ['Staff'], resource: 'Client' },
  DraftReferral: { principals: ['Staff'], resource: 'Case' },
  EndReceiptSession: { principals: ['Reporter'], resource: 'Waymark' },
  FindSameContact: { principals: ['Staff'], resource: 'Concern', purpose: true },
  GetCaseAccesses: { principals: ['Staff'], resource: 'History', purpose: true },
  GetCaseState: { principals: ['Staff'], resource: 'History', purpose: true },
  GetCaseTimeline: { principals: ['Staff'], resource: 'History', purpose: true },
  GetClientTimeline: { principals: ['Staff'], resource: 'History', purpose: true },
  GiveConsent: { principals: ['Staff'], resource: 'Client' },
  GiveGuidance: { principals: ['Staff'], resource: 'Concern' },
  HearOfTeam: { principals: ['Service'], resource: 'Waymark' },
  InformClientOfOverride: { principals: ['Staff'], resource: 'Client' },
  IssueClientReceipt: { principals: ['Staff'], resource: 'Concern' },
  KnowCase: { principals: ['Staff'], resource: 'Case' },
  KnowConcern: { principals: ['Staff'], resource: 'Concern' },
  KnowHistory: { principals: ['Staff'], resource: 'History' },
  LiftLegalHold: { principals: ['Staff'], resource: 'Client' },
  LinkConcernToClient: { principals: ['Staff'], resource: 'Concern' },
  ListAccesses: { principals: ['Staff'], resource: 'Waymark' },
  ListApprovals: { principals: ['Staff'], resource: 'Waymark' },
  ListCases: { principals: ['Staff'], resource: 'Waymark' },
  ListConcerns: { principals: ['Staff'], resource: 'Waymark' },
  ListConsents: { principals: ['Staff'], resource: 'Client', purpose: true },
  ListDutyStations: { principals: ['Anyone'], resource: 'Waymark' },
  ListEmergencyAccesses: { principals: ['Staff'], resource: 'Waymark' },
  ListMyConsents: { principals: ['Reporter'], resource: 'Client' },
  ListNotes: { principals: ['Staff'], resource: 'Case', purpose: true },
  ListOverrides: { principals: ['Staff'], resource: 'Client', purpose: true },
  ListReadingAlarms: { principals: ['Staff'], resource: 'Waymark' },
  ListReferrals: { principals: ['Staff'], resource: 'Waymark' },
  ListStandingConsents: { principals: ['Service'], resource: 'Waymark' },
  MoveStage: { principals: ['Staff'], resource: 'Case' },
  OpenPackage: { principals: ['Staff'], resource: 'Referral', purpose: true },
  OpenReceiptSession: { principals: ['Anyone'], resource: 'Waymark' },
  PlaceLegalHold: { principals: ['Staff'], resource: 'Client' },
  ReadCase: { principals: ['Staff'], resource: 'Case', purpose: true },
  ReadConcern: { principals: ['Staff'], resource: 'Concern', purpose: true },
  ReadDecision: { principals: ['Staff', 'Service'], resource: 'Client', purpose: true },
  ReadEmergencyAccess: { principals: ['Staff'], resource: 'Case' },
  ReadEmergencyAccessToConcern: { principals: ['Staff'], resource: 'Concern' },
  ReadErasure: { principals: ['Staff'], resource: 'Client', purpose: true },
  ReadMetrics: { principals: ['Anyone'], resource: 'Waymark' },
  ReadMyConcern: { principals: ['Reporter'], resource: 'Concern' },
  ReadMyErasure: { principals: ['Reporter'], resource: 'Client' },
  ReadMyLedger: { principals: ['Reporter'], resource: 'Client' },
  ReadNote: { principals: ['Staff'], resource: 'Note' },
  ReadReceiptKeys: { principals: ['Anyone'], resource: 'Waymark' },
  ReadReferral: { principals: ['Staff'], resource: 'Referral', purpose: true },
  ReadReports: { principals: ['Staff'], resource: 'Waymark' },
  ReadRevocations: { principals: ['Service'], resource: 'Waymark' },
  RecordClientDecline: { principals: ['Staff'], resource: 'Referral' },
  RecordFirstResponse: { principals: ['Staff'], resource: 'Concern' },
  RecordNonAttendance: { principals: ['Staff'], resource: 'Referral' },
  RecuseOfficer: { principals: ['Staff'], resource: 'Case' },
  RefuseConsent: { principals: ['Staff'], resource: 'Client' },
  RegisterContact: { principals: ['Staff'], resource: 'Waymark' },
  RemoveTeamMember: { principals: ['Staff'], resource: 'Case' },
  ReopenCase: { principals: ['Staff'], resource: 'Case' },
  ReplaceReceipt: { principals: ['Staff'], resource: 'Concern' },
  RequestErasure: { principals: ['Staff'], resource: 'Client' },
  RequestErasureAsReporter: { principals: ['Reporter'], resource: 'Concern' },
  RequestMyErasure: { principals: ['Reporter'], resource: 'Client' },
  RequestOverride: { principals: ['Staff'], resource: 'Client' },
  RequestReporterErasure: { principals: ['Staff'], resource: 'Concern' },
  ReviewEmergencyAccess: { principals: ['Staff'], resource: 'Case' },
  ReviewReadingAlarm: { principals: ['Staff'], resource: 'History' },
  RevokeAccess: { principals: ['Staff'], resource: 'Waymark' },
  RevokeOverride: { principals: ['Staff'], resource: 'Client' },
  RevokeReferral: { principals: ['Staff'], resource: 'Referral' },
  SendOfficerMessage: { principals: ['Staff'], resource: 'Concern' },
  SendReferral: { principals: ['Staff'], resource: 'Referral' },
  SendReporterMessage: { principals: ['Reporter'], resource: 'Concern' },
  SubmitConcern: { principals: ['Anyone'], resource: 'Waymark' },
  TriageConcern: { principals: ['Staff'], resource: 'Concern' },
  WhoCouldSee: { principals: ['Staff'], resource: 'History', purpose: true },
  WithdrawConsent: { principals: ['Staff'], resource: 'Client' },
  WithdrawErasureRequest: { principals: ['Staff'], resource: 'Client' },
  WithdrawMyConsent: { principals: ['Reporter'], resource: 'Client' },
  WithdrawMyErasureRequest: { principals: ['Reporter'], resource: 'Client' },
  WriteNote: { principals: ['Staff'], resource: 'Case' },
} as const;

/** Services that a policy may speak of. */
export const knownServices: readonly string[] = [
  'intake',
  'case',
  'consent',
  'referral',
  'reporting',
  'audit',
  'engagement',
];

/** What a policy may ask about each kind of thing. */
export interface ResourceAttributes {
  readonly Case: {
    readonly recused?: readonly EntityRef<'Staff'>[];
    readonly shutOut: readonly EntityRef<'Staff'>[];
    readonly stage?: EntityRef<'Stage'>;
    readonly team: readonly EntityRef<'Staff'>[];
    readonly underGlass: readonly EntityRef<'Staff'>[];
  };
  readonly Client: {
    readonly recused: readonly EntityRef<'Staff'>[];
    readonly shutOut: readonly EntityRef<'Staff'>[];
    readonly team: readonly EntityRef<'Staff'>[];
  };
  readonly Concern: {
    readonly alternateDesk?: EntityRef<'Unit'>;
    readonly officer?: EntityRef<'Staff'>;
    readonly otherDesk?: EntityRef<'Unit'>;
    readonly recused: readonly EntityRef<'Staff'>[];
    readonly reportedByClient: boolean;
    readonly shutOutPeople: readonly EntityRef<'Staff'>[];
    readonly shutOutRoles: readonly EntityRef<'Role'>[];
    readonly shutOutUnits: readonly EntityRef<'Unit'>[];
    readonly team?: readonly EntityRef<'Staff'>[];
    readonly underGlass: readonly EntityRef<'Staff'>[];
  };
  readonly History: { readonly shutOut: readonly EntityRef<'Staff'>[] };
  readonly Note: {
    readonly author: EntityRef<'Staff'>;
    readonly noteClass?: string;
    readonly team: readonly EntityRef<'Staff'>[];
    readonly underGlass: readonly EntityRef<'Staff'>[];
  };
  readonly Referral: {
    readonly purpose?: EntityRef<'Purpose'>;
    readonly recused: readonly EntityRef<'Staff'>[];
    readonly sent: boolean;
    readonly shutOut: readonly EntityRef<'Staff'>[];
    readonly team: readonly EntityRef<'Staff'>[];
    readonly unit: EntityRef<'Unit'>;
  };
  readonly Waymark: Record<never, never>;
}

/** What a policy may ask about the circumstances, for actions that have any. */
export interface ActionContexts {
  readonly AllocateConcern: { readonly to: EntityRef<'Staff'> };
  readonly CheckCase: { readonly purpose?: EntityRef<'Purpose'> };
  readonly FindSameContact: { readonly purpose?: EntityRef<'Purpose'> };
  readonly GetCaseAccesses: { readonly purpose?: EntityRef<'Purpose'> };
  readonly GetCaseState: { readonly purpose?: EntityRef<'Purpose'> };
  readonly GetCaseTimeline: { readonly purpose?: EntityRef<'Purpose'> };
  readonly GetClientTimeline: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ListConsents: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ListNotes: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ListOverrides: { readonly purpose?: EntityRef<'Purpose'> };
  readonly OpenPackage: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ReadCase: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ReadConcern: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ReadDecision: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ReadErasure: { readonly purpose?: EntityRef<'Purpose'> };
  readonly ReadReferral: { readonly purpose?: EntityRef<'Purpose'> };
  readonly WhoCouldSee: { readonly purpose?: EntityRef<'Purpose'> };
}
