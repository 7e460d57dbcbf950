import type {
  AgeBand,
  AllegedRelation,
  Avenue,
  Behaviour,
  Channel,
  ConcernKind,
  GuidanceDecision,
  Identity,
  Matter,
  Occurrence,
  Priority,
  ReporterRelation,
  Role,
  TimePrecision,
  Unit,
} from '@waymark/contracts';
import type { DomainEvent, EventDeclarations, Instant } from '@waymark/event-sourcing';

/** A moment with what is known of it: of a month only the month counts, of a day only the day. */
export interface KnownTime {
  readonly at: Instant;
  readonly precision: TimePrecision;
}

export interface Place {
  readonly country?: string;
  readonly subdivision?: string;
  /** Code of the list of duty stations. */
  readonly dutyStation?: string;
  readonly online?: boolean;
}

export interface SafeContact {
  readonly method: string;
  readonly times?: string;
  readonly codeWord?: string;
  readonly leaveNoMessage?: boolean;
}

/** Whom the reporter shut out. */
export interface Exclusions {
  readonly people: readonly string[];
  readonly roles: readonly Role[];
  readonly units: readonly Unit[];
}

/** What a contact tells about the matter and the person. Adding a field: here, in `concernEvents`, in the body, in the view if listed. */
export interface Account {
  readonly language: string;
  readonly reporterRelation: ReporterRelation;
  readonly matter: readonly Matter[];
  readonly narrative?: string;
  readonly behaviour?: readonly Behaviour[];
  readonly occurrence?: Occurrence;
  readonly occurred?: KnownTime;
  readonly place?: Place;
  readonly allegedRelation?: AllegedRelation;
  readonly ageBand?: AgeBand;
  readonly reporterName?: string;
  readonly contactDetails?: string;
  readonly safeContact?: SafeContact;
  readonly exclusions?: Exclusions;
}

/** Deadlines of the first response. Absent where only the month of the contact is known. */
export interface ResponseClock {
  readonly warnAt: Instant;
  readonly dueAt: Instant;
  readonly escalateToHeadAt: Instant;
}

export type EscalationLevel = 'supervisor' | 'head';
export type ReceiptScope = 'reporter' | 'client';

export type ConcernEvent =
  | DomainEvent<
      'ConcernSubmitted',
      Account & {
        readonly concernId: string;
        readonly clientId: string;
        readonly reporterId: string;
        readonly channel: Channel;
        readonly kind: ConcernKind;
        readonly identity: Identity;
        readonly immediateDanger: boolean;
        readonly medicalUrgency: boolean;
        readonly contact: KnownTime;
        readonly clock?: ResponseClock;
        readonly registeredBy?: string;
        readonly occurredAt: Instant;
      }
    >
  | DomainEvent<'ReceiptIssued', { readonly scope: ReceiptScope; readonly receiptHash: string }>
  | DomainEvent<'ReceiptUpgraded', { readonly scope: 'client'; readonly caseId: string }>
  | DomainEvent<'FirstResponseDue', { readonly dueAt: Instant }>
  | DomainEvent<'FirstResponseOverdue', { readonly dueAt: Instant }>
  | DomainEvent<'ConcernEscalated', { readonly to: EscalationLevel }>
  | DomainEvent<'ConcernAllocated', { readonly officerId: string }>
  | DomainEvent<
      'FirstResponseGiven',
      { readonly response: KnownTime; readonly withinTarget?: boolean; readonly occurredAt: Instant }
    >
  | DomainEvent<'ReporterMessageReceived', { readonly messageId: string; readonly text: string }>
  | DomainEvent<'OfficerMessageSent', { readonly messageId: string; readonly text: string }>
  | DomainEvent<
      'ConcernTriaged',
      {
        readonly priority: Priority;
        readonly riskOfRetaliation: boolean;
        readonly mandatoryReportingExplained: boolean;
      }
    >
  | DomainEvent<
      'GuidanceGiven',
      { readonly avenues: readonly Avenue[]; readonly decision: GuidanceDecision; readonly note?: string }
    >
  | DomainEvent<'ConcernAccepted', { readonly clientId: string; readonly officerId: string }>;

/** Version of each event, and whose key seals which field. Plain are ids, life cycle and clocks. */
export const concernEvents: EventDeclarations<ConcernEvent> = {
  ConcernSubmitted: {
    version: 1,
    sealed: {
      language: 'reporter',
      reporterRelation: 'reporter',
      narrative: 'reporter',
      reporterName: 'reporter',
      contactDetails: 'reporter',
      safeContact: 'reporter',
      exclusions: 'reporter',
      matter: 'client',
      behaviour: 'client',
      occurrence: 'client',
      occurred: 'client',
      place: 'client',
      allegedRelation: 'client',
      ageBand: 'client',
    },
  },
  ReceiptIssued: { version: 1, sealed: {} },
  ReceiptUpgraded: { version: 1, sealed: {} },
  FirstResponseDue: { version: 1, sealed: {} },
  FirstResponseOverdue: { version: 1, sealed: {} },
  ConcernEscalated: { version: 1, sealed: {} },
  ConcernAllocated: { version: 1, sealed: {} },
  FirstResponseGiven: { version: 1, sealed: {} },
  ReporterMessageReceived: { version: 1, sealed: { text: 'reporter' } },
  OfficerMessageSent: { version: 1, sealed: { text: 'reporter' } },
  ConcernTriaged: { version: 1, sealed: { riskOfRetaliation: 'client' } },
  GuidanceGiven: { version: 1, sealed: { avenues: 'client', decision: 'client', note: 'client' } },
  ConcernAccepted: { version: 1, sealed: {} },
};
