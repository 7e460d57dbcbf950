import { foldedRows, oneRow } from '@waymark/projections';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { ErasureEntry } from './erasure.entity.js';

/** Clients by when something last happened, with what has become of their erasure. */
export const erasuresProjection = foldedRows({
  name: 'erasures',
  version: 2,
  categories: ['consent'],
  tables: `
    CREATE TABLE erasures (
      client_id uuid PRIMARY KEY,
      last_event_at timestamptz NOT NULL,
      status text,
      answers_due_at timestamptz
    );
    CREATE INDEX erasures_not_asked_for ON erasures (last_event_at, client_id) WHERE status IS NULL;
    CREATE INDEX erasures_under_way ON erasures (answers_due_at) WHERE status = 'approved';`,
  entity: ErasureEntry,
  of: 'clientId',
  idOf: ({ stream }) => stream.slice('consent-'.length),
  fold: oneRow((entry, { type, data, stream, metadata }) => {
    const event = { type, data } as ConsentEvent;
    // Happens to somebody who reported, not to the client: it keeps nobody longer, and makes nobody known.
    if (event.type === 'ReporterErasureAdmitted') return entry;
    const clientId = stream.slice('consent-'.length);
    const before: ErasureEntry = entry ?? { clientId, lastEventAt: new Date(0), status: null, answersDueAt: null };
    return { ...before, lastEventAt: new Date(metadata.occurredAt), ...changeBy(event) };
  }),
});

function changeBy(event: Exclude<ConsentEvent, { type: 'ReporterErasureAdmitted' }>): Partial<ErasureEntry> {
  switch (event.type) {
    case 'ErasureRequested':
      return { status: 'requested' };
    case 'ErasureApproved':
      return { status: 'approved', answersDueAt: new Date(event.data.answersDueAt) };
    case 'ErasureRequestWithdrawn':
    case 'ErasureDeclined':
    case 'ErasureRequestLapsed':
      return { status: null };
    case 'ErasureCompleted':
      return { status: 'completed', answersDueAt: null };
    case 'ConsentGiven':
    case 'ConsentRefused':
    case 'ConsentWithdrawn':
    case 'ConsentExpired':
    case 'DisclosureRecorded':
    case 'DisclosureRefused':
    case 'LegalHoldPlaced':
    case 'LegalHoldLifted':
    case 'ErasureDemanded':
    case 'ContextErased':
    case 'ClientsLinked':
    case 'ClientLinkAnswered':
    case 'SuspensionsRequested':
    case 'OverrideRequested':
    case 'OverrideApproved':
    case 'OverrideDeclined':
    case 'OverrideRevoked':
    case 'InformingOfOverrideDelayed':
    case 'ClientInformedOfOverride':
    case 'OverrideEndedByClient':
    case 'OverrideExpired':
      return {};
  }
}
