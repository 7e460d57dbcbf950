import { foldedRows, foldsOf } from '@waymark/projections';
import { dueWorkColumns } from '@waymark/service-kit';
import type { ConcernEvent, ResponseClock } from '../../domain/concern.events.js';
import { ResponseBell } from './response-bell.entity.js';

const folds = foldsOf<ConcernEvent>()(
  ['ConcernSubmitted', 'FirstResponseDue', 'FirstResponseOverdue', 'ConcernEscalated', 'FirstResponseGiven'],
  [
    'ReceiptIssued',
    'ReceiptWithdrawn',
    'ReceiptUpgraded',
    'ConcernAllocated',
    'ReporterMessageReceived',
    'OfficerMessageSent',
    'ConcernTriaged',
    'GuidanceGiven',
    'ConcernAccepted',
    'CaseRequested',
    'ConcernLinkedToClient',
    'ClientLinkRequested',
    'ClientLinkSettled',
    'OfficerRecusedFromConcern',
    'TeamOfConcernChanged',
    'EmergencyAccessToConcernGranted',
    'EmergencyAccessToConcernEnded',
    'ReporterErasureRequested',
    'RetentionEnded',
    'RetentionResumed',
    'PersonErased',
  ],
);
type FoldedEvent = Extract<ConcernEvent, { type: (typeof folds)[number] }>;

/** What falls due for each concern that waits for a first response. Sends nothing itself: a rebuild rings no bell. */
export const responseClocksProjection = foldedRows({
  name: 'response-clocks',
  version: 1,
  categories: ['concern'],
  folds,
  tables: `
    CREATE TABLE response_clocks (
      concern_id uuid NOT NULL,
      command text NOT NULL,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (concern_id, command)
    );
    CREATE INDEX response_clocks_due ON response_clocks (due_at);
    ${dueWorkColumns('response_clocks')};`,
  notFolded: ['failures', 'try_at'],
  entity: ResponseBell,
  of: 'concernId',
  idOf: ({ stream }) => stream.slice('concern-'.length),
  fold: (bells, { type, data, stream }) => {
    const event = { type, data } as FoldedEvent;
    const without = (...commands: readonly string[]) => bells.filter(({ command }) => !commands.includes(command));
    switch (event.type) {
      case 'ConcernSubmitted':
        return event.data.clock ? bellsOf(stream.slice('concern-'.length), event.data.clock) : bells;
      case 'FirstResponseDue':
        return without('WarnOfFirstResponseDue');
      case 'FirstResponseOverdue':
        return without('WarnOfFirstResponseDue', 'MarkFirstResponseOverdue');
      case 'ConcernEscalated':
        return event.data.to === 'head' ? without('EscalateToHead') : bells;
      case 'FirstResponseGiven':
        return without('WarnOfFirstResponseDue', 'MarkFirstResponseOverdue', 'EscalateToHead');
    }
  },
});

const bellsOf = (concernId: string, clock: ResponseClock): readonly ResponseBell[] => [
  { concernId, command: 'WarnOfFirstResponseDue', dueAt: new Date(clock.warnAt) },
  { concernId, command: 'MarkFirstResponseOverdue', dueAt: new Date(clock.dueAt) },
  { concernId, command: 'EscalateToHead', dueAt: new Date(clock.escalateToHeadAt) },
];
