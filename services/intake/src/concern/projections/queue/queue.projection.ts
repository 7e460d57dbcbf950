import type { PersonOfConcern } from '@waymark/contracts';
import { type FieldsOf, foldedRows, oneRow, type Projection } from '@waymark/projections';
import type { DeskMarks } from '../../desks.js';
import type { Exclusions } from '../../domain/account.js';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { allMarks } from '../../domain/marks.js';
import { QueueEntry } from './queue-entry.entity.js';
import type { StaffMarks } from './staff-marks.js';

/** The queue of concerns, of every desk. */
export const queueProjection = (marks: StaffMarks, desks: DeskMarks): Projection<'concern-queue'> =>
  foldedRows({
    name: 'concern-queue',
    version: 8,
    categories: ['concern'],
    opens: {
      ConcernSubmitted: ['language', 'place', 'exclusions'],
      ReporterErasureRequested: ['exclusions'],
      RetentionEnded: ['exclusions'],
    } satisfies FieldsOf<ConcernEvent>,
    tables: `
      CREATE TABLE concern_queue (
        concern_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        client_ids uuid[] NOT NULL,
        reporter_id uuid NOT NULL,
        channel text NOT NULL,
        language text NOT NULL,
        country text,
        duty_station text,
        status text NOT NULL,
        priority text,
        immediate_danger boolean NOT NULL,
        waiting boolean NOT NULL,
        contact_at timestamptz NOT NULL,
        due_at timestamptz,
        overdue boolean NOT NULL,
        escalated_to text,
        officer_id text,
        desk text,
        recused text[] NOT NULL,
        marks_in_log text[] NOT NULL,
        shut_out_marks text[] NOT NULL,
        shut_out_roles text[] NOT NULL,
        shut_out_units text[] NOT NULL,
        shut_out_told_for text[] NOT NULL
      );
      CREATE INDEX concern_queue_clients ON concern_queue USING gin (client_ids);
      CREATE INDEX concern_queue_order
        ON concern_queue (waiting, immediate_danger DESC, (coalesce(due_at, 'infinity')), concern_id);`,
    entity: QueueEntry,
    of: 'concernId',
    idOf: ({ stream }) => stream.slice('concern-'.length),
    fold: oneRow((entry, { type, data, stream }) => {
      const event = { type, data } as ConcernEvent;
      if (event.type === 'ConcernSubmitted') return entryOf(stream.slice('concern-'.length), event.data, marks, desks);
      return entry && { ...entry, ...changeBy(event, entry, marks) };
    }),
  });

type Submitted = Extract<ConcernEvent, { type: 'ConcernSubmitted' }>['data'];

function entryOf(concernId: string, data: Submitted, marks: StaffMarks, desks: DeskMarks): QueueEntry {
  return {
    concernId,
    clientId: data.clientId,
    clientIds: [data.clientId],
    reporterId: data.reporterId,
    channel: data.channel,
    language: data.language ?? 'und',
    country: data.place?.country ?? null,
    dutyStation: data.place?.dutyStation ?? null,
    status: 'submitted',
    priority: null,
    immediateDanger: data.immediateDanger || data.medicalUrgency,
    waiting: true,
    contactAt: new Date(data.contact.at),
    dueAt: data.clock ? new Date(data.clock.dueAt) : null,
    overdue: false,
    escalatedTo: null,
    officerId: null,
    desk: desks.unitOf(concernId, data.desk) ?? null,
    recused: [],
    marksInLog: [...(data.shutOut ?? [])],
    ...shutOutBy(data.exclusions, marks),
    shutOutToldFor: data.exclusions ? ['reporter'] : [],
  };
}

function shutOutBy(exclusions: Exclusions | undefined, marks: StaffMarks) {
  const { people = [], roles = [], units = [] } = exclusions ?? {};
  return { shutOutMarks: people.map((person) => marks.of(person)), shutOutRoles: [...roles], shutOutUnits: [...units] };
}

function changeBy(
  event: Exclude<ConcernEvent, { type: 'ConcernSubmitted' }>,
  entry: QueueEntry,
  marks: StaffMarks,
): Partial<QueueEntry> {
  const { status, officerId, recused } = entry;
  switch (event.type) {
    case 'FirstResponseOverdue':
      return { overdue: true };
    case 'ConcernEscalated':
      return { escalatedTo: event.data.to };
    case 'ConcernAllocated':
      return { officerId: event.data.officerId };
    case 'FirstResponseGiven':
      return { status: status === 'submitted' ? 'acknowledged' : status, waiting: false };
    case 'ConcernTriaged':
      return { status: 'triaged', priority: event.data.priority };
    case 'ConcernAccepted':
      return { ...withMarks(entry, event.data), status: 'accepted', waiting: false };
    case 'OfficerRecusedFromConcern': {
      const { staffId } = event.data;
      return { officerId: officerId === staffId ? null : officerId, recused: [...recused, staffId] };
    }
    case 'TeamOfConcernChanged':
      return { officerId: officerId !== null && event.data.team.includes(officerId) ? officerId : null };
    case 'ReporterErasureRequested':
    case 'RetentionEnded': {
      const { exclusions } = event.data;
      const kept = withMarks(entry, event.data);
      if (!exclusions) return kept;
      return { ...kept, ...shutOutBy(exclusions, marks), shutOutToldFor: [...entry.shutOutToldFor, 'client'] };
    }
    case 'PersonErased':
      return event.data.persons.reduce((left, person) => ({ ...left, ...withoutWhatIsTold(person, left) }), entry);
    case 'ConcernLinkedToClient':
      return { clientIds: [...new Set([...entry.clientIds, event.data.earlierClientId])] };
    case 'ClientLinkSettled':
      return event.data.outcome === 'refused' ? { clientIds: [entry.clientId] } : {};
    case 'ReceiptIssued':
    case 'ReceiptWithdrawn':
    case 'ReceiptUpgraded':
    case 'FirstResponseDue':
    case 'ReporterMessageReceived':
    case 'RetentionResumed':
    case 'OfficerMessageSent':
    case 'EmergencyAccessToConcernGranted':
    case 'EmergencyAccessToConcernEnded':
    case 'GuidanceGiven':
    case 'CaseRequested':
    case 'ClientLinkRequested':
      return {};
  }
}

const withMarks = ({ marksInLog }: QueueEntry, { shutOut = [] }: { readonly shutOut?: readonly string[] }) => ({
  marksInLog: allMarks(marksInLog, shutOut),
});

/**
 * What stands in the queue in the clear of each person goes, as if their key had been gone before. The marks that stand in the log stay:
 * whom the reporter shut out finds no more afterwards than before.
 */
function withoutWhatIsTold(person: PersonOfConcern, entry: QueueEntry): Partial<QueueEntry> {
  const shutOutToldFor = entry.shutOutToldFor.filter((each) => each !== person);
  return {
    ...(person === 'client' ? { country: null, dutyStation: null } : { language: 'und' }),
    ...(shutOutToldFor.length === 0 ? { shutOutMarks: [], shutOutRoles: [], shutOutUnits: [] } : {}),
    shutOutToldFor,
  };
}
