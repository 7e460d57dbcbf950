import type { CaseStage, NoteClass, RiskDomain, RiskLevel } from '@waymark/contracts';
import type { DomainEvent, EventDeclarations, Instant } from '@waymark/event-sourcing';

/** Whoever works on a case: its officer first, then the members. */
export type Team = readonly string[];

/** Domains that were not assessed are absent: that is not the same as no risk. */
export type RiskLevels = { readonly [Domain in RiskDomain]?: RiskLevel };

/** Stages that a case is moved through; closing is a command of its own. */
export type OpenStage = Exclude<CaseStage, 'closed'>;

export interface RiskAssessment {
  readonly riskAssessmentId: string;
  readonly instrument: string;
  readonly instrumentVersion: string;
  readonly levels: RiskLevels;
  readonly overall: RiskLevel;
  readonly immediateActions?: string;
  readonly assessedBy: string;
  readonly assessedAt: Instant;
  readonly reviewDueAt: Instant;
}

export interface Note {
  readonly noteId: string;
  readonly noteClass: NoteClass;
  readonly text: string;
  readonly authorId: string;
  readonly writtenAt: Instant;
}

/** Whatever changes the team carries the whole team that results, so that what is published follows from the event alone. */
export type CaseEvent =
  | DomainEvent<
      'CaseOpened',
      {
        readonly caseId: string;
        readonly concernId: string;
        readonly clientId: string;
        readonly caseCode: string;
        readonly officerId: string;
        readonly team: Team;
        readonly openedAt: Instant;
      }
    >
  | DomainEvent<
      'OfficerAssigned',
      {
        readonly clientId: string;
        readonly officerId: string;
        readonly previousOfficerId: string;
        readonly team: Team;
      }
    >
  | DomainEvent<'TeamMemberAdded', { readonly clientId: string; readonly staffId: string; readonly team: Team }>
  | DomainEvent<'TeamMemberRemoved', { readonly clientId: string; readonly staffId: string; readonly team: Team }>
  | DomainEvent<'StageMoved', { readonly from: CaseStage; readonly to: OpenStage }>
  | DomainEvent<'RiskAssessed', RiskAssessment>
  | DomainEvent<'NoteWritten', Note>;

/** Version of each event, and whose key seals which field. Plain are ids, life cycle and clocks. */
export const caseEvents: EventDeclarations<CaseEvent> = {
  CaseOpened: { version: 1, sealed: {} },
  OfficerAssigned: { version: 1, sealed: {} },
  TeamMemberAdded: { version: 1, sealed: {} },
  TeamMemberRemoved: { version: 1, sealed: {} },
  StageMoved: { version: 1, sealed: {} },
  RiskAssessed: { version: 1, sealed: { levels: 'client', overall: 'client', immediateActions: 'client' } },
  NoteWritten: { version: 1, sealed: { noteClass: 'client', text: 'client' } },
};
