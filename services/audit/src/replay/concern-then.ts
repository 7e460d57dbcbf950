import type { Fact } from './fact.js';
import { objectIn, textIn, textsIn } from './fields.js';

export interface ConcernThen {
  readonly concernId: string;
  readonly status: string;
  readonly channel?: string;
  readonly reportedByClient: boolean;
  readonly contactAt?: string;
  readonly dueAt?: string;
  /** When the log was told that it is overdue; whether it is follows from `dueAt` and the moment looked at. */
  readonly markedOverdueAt?: string;
  readonly escalations: readonly { readonly to: string; readonly at: string }[];
  readonly firstResponseAt?: string;
  readonly officerId?: string;
  /** Of its case, since the concern has heard of that. */
  readonly team?: readonly string[];
  /** Those for whom it no longer exists, because they have recused from its case. */
  readonly recused: readonly string[];
  readonly priority?: string;
  /** Somebody is shut out of it, by its reporter or because it belongs to one of two desks. Who, or which, is sealed. */
  readonly shutsOut: boolean;
}

/** In which order a concern goes on: what is told late of an earlier step does not move it back. */
const order = ['submitted', 'acknowledged', 'triaged', 'accepted'];

const furthest = (one: string, other: string): string => (order.indexOf(one) > order.indexOf(other) ? one : other);

/** Undefined for a type that audit does not interpret. */
export function evolveConcern(before: ConcernThen | undefined, { type, data, subject, occurredAt }: Fact) {
  const concern: ConcernThen = before ?? {
    ...{ concernId: subject, status: 'submitted' },
    ...{ escalations: [], recused: [], shutsOut: false, reportedByClient: false },
  };
  const reached = (status: string, fields: Partial<ConcernThen> = {}): ConcernThen => ({
    ...concern,
    ...fields,
    status: furthest(concern.status, status),
  });
  switch (type) {
    case 'ConcernSubmitted':
      return reached('submitted', {
        channel: textIn(data, 'channel'),
        reportedByClient: textIn(data, 'clientId') === textIn(data, 'reporterId'),
        contactAt: textIn(objectIn(data, 'contact'), 'at'),
        dueAt: textIn(objectIn(data, 'clock'), 'dueAt'),
        shutsOut: 'exclusions' in data || 'desk' in data,
      });
    case 'ConcernAllocated':
      return { ...concern, officerId: textIn(data, 'officerId') };
    case 'OfficerRecusedFromConcern': {
      const staffId = textIn(data, 'staffId') ?? '';
      return withoutOfficer({ ...concern, recused: [...concern.recused, staffId] }, (id) => id === staffId);
    }
    case 'TeamOfConcernChanged': {
      const team = textsIn(data, 'team');
      return withoutOfficer({ ...concern, team }, (id) => !team.includes(id));
    }
    case 'FirstResponseOverdue':
      return { ...concern, markedOverdueAt: concern.markedOverdueAt ?? occurredAt };
    case 'ConcernEscalated':
      return {
        ...concern,
        escalations: [...concern.escalations, { to: textIn(data, 'to') ?? 'unknown', at: occurredAt }],
      };
    case 'FirstResponseGiven':
      return reached('acknowledged', { firstResponseAt: textIn(objectIn(data, 'response'), 'at') ?? occurredAt });
    case 'ConcernTriaged':
      return reached('triaged', { priority: textIn(data, 'priority') });
    case 'ConcernAccepted':
      return reached('accepted');
    case 'CaseRequested':
    case 'ConcernLinkedToClient':
    case 'ClientLinkRequested':
    case 'ClientLinkSettled':
    case 'ReceiptIssued':
    case 'ReceiptWithdrawn':
    case 'ReceiptUpgraded':
    case 'FirstResponseDue':
    case 'ReporterMessageReceived':
    case 'OfficerMessageSent':
    case 'EmergencyAccessToConcernGranted':
    case 'EmergencyAccessToConcernEnded':
    case 'GuidanceGiven':
    case 'ReporterErasureRequested':
    case 'RetentionEnded':
    case 'RetentionResumed':
    case 'PersonErased':
      return concern;
    default:
      return undefined;
  }
}

/** Whoever had taken it has it no longer when they have left. */
const withoutOfficer = (concern: ConcernThen, hasLeft: (staffId: string) => boolean): ConcernThen => ({
  ...concern,
  ...(concern.officerId !== undefined && hasLeft(concern.officerId) ? { officerId: undefined } : {}),
});
