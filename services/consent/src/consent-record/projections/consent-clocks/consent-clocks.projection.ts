import { foldedRows, foldsOf, oneRow } from '@waymark/projections';
import { dueWorkColumns } from '@waymark/service-kit';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { ConsentClock } from './consent-clock.entity.js';

const folds = foldsOf<ConsentEvent>()(
  [
    ...(['ConsentGiven', 'ConsentWithdrawn', 'ConsentExpired', 'OverrideRequested'] as const),
    ...(['OverrideDeclined', 'OverrideRevoked', 'OverrideEndedByClient', 'OverrideExpired'] as const),
  ],
  [
    'ConsentRefused',
    'ClientsLinked',
    'ClientLinkAnswered',
    'SuspensionsRequested',
    'DisclosureRecorded',
    'DisclosureRefused',
    'OverrideApproved',
    'InformingOfOverrideDelayed',
    'ClientInformedOfOverride',
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

const idOf = (data: FoldedEvent['data']): string => ('consentId' in data ? data.consentId : data.overrideId);

/** When each consent in force runs out, and each override that is not over. Sends nothing itself: a rebuild rings no bell. */
export const consentClocksProjection = foldedRows({
  name: 'consent-clocks',
  version: 2,
  categories: ['consent'],
  folds,
  tables: `
    CREATE TABLE consent_clocks (
      consent_id uuid PRIMARY KEY,
      is_override boolean NOT NULL,
      client_id uuid NOT NULL,
      due_at timestamptz NOT NULL
    );
    CREATE INDEX consent_clocks_due ON consent_clocks (due_at);
    ${dueWorkColumns('consent_clocks')};`,
  notFolded: ['failures', 'try_at'],
  entity: ConsentClock,
  of: 'consentId',
  idOf: ({ data }) => idOf(data as FoldedEvent['data']),
  fold: oneRow((_clock, { type, data }) => {
    const event = { type, data } as FoldedEvent;
    switch (event.type) {
      case 'ConsentGiven': {
        const { consentId, clientId, validUntil } = event.data;
        return { consentId, isOverride: false, clientId, dueAt: new Date(validUntil) };
      }
      case 'OverrideRequested': {
        const { overrideId: consentId, clientId, validUntil } = event.data;
        return { consentId, isOverride: true, clientId, dueAt: new Date(validUntil) };
      }
      case 'ConsentWithdrawn':
      case 'ConsentExpired':
      case 'OverrideDeclined':
      case 'OverrideRevoked':
      case 'OverrideEndedByClient':
      case 'OverrideExpired':
        return undefined;
    }
  }),
});
