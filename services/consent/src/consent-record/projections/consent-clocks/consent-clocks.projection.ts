import { foldedRows, foldsOf, oneRow } from '@waymark/projections';
import { dueWorkColumns } from '@waymark/service-kit';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { ConsentClock } from './consent-clock.entity.js';

const folds = foldsOf<ConsentEvent>()(
  ['ConsentGiven', 'ConsentWithdrawn', 'ConsentExpired'],
  [
    'ConsentRefused',
    'ClientsLinked',
    'ClientLinkAnswered',
    'SuspensionsRequested',
    'DisclosureRecorded',
    'DisclosureRefused',
    'OverrideRequested',
    'OverrideApproved',
    'OverrideDeclined',
    'OverrideRevoked',
    'InformingOfOverrideDelayed',
    'ClientInformedOfOverride',
    'OverrideEndedByClient',
    'ErasureRequested',
    'ErasureRequestWithdrawn',
    'ErasureDeclined',
    'ErasureRequestLapsed',
    'ErasureDemanded',
    'LegalHoldPlaced',
    'LegalHoldLifted',
    'ReporterErasureAdmitted',
    'ErasureApproved',
    'ContextErased',
    'ErasureCompleted',
  ],
);
type FoldedEvent = Extract<ConsentEvent, { type: (typeof folds)[number] }>;

/** When each consent in force runs out. Sends nothing itself: a rebuild rings no bell. */
export const consentClocksProjection = foldedRows({
  name: 'consent-clocks',
  version: 1,
  categories: ['consent'],
  folds,
  tables: `
    CREATE TABLE consent_clocks (
      consent_id uuid PRIMARY KEY,
      client_id uuid NOT NULL,
      due_at timestamptz NOT NULL
    );
    CREATE INDEX consent_clocks_due ON consent_clocks (due_at);
    ${dueWorkColumns('consent_clocks')};`,
  notFolded: ['failures', 'try_at'],
  entity: ConsentClock,
  of: 'consentId',
  idOf: ({ data }) => (data as FoldedEvent['data']).consentId,
  fold: oneRow((_clock, { type, data }) => {
    const event = { type, data } as FoldedEvent;
    switch (event.type) {
      case 'ConsentGiven': {
        const { consentId, clientId, validUntil } = event.data;
        return { consentId, clientId, dueAt: new Date(validUntil) };
      }
      case 'ConsentWithdrawn':
      case 'ConsentExpired':
        return undefined;
    }
  }),
});
