import { foldedRows, oneRow, type OpenedEvent } from '@waymark/projections';
import { dueWorkColumns } from '@waymark/service-kit';
import type { ConsentEvent } from '../../domain/consent-record.events.js';
import { ConsentClock } from './consent-clock.entity.js';

/** When each consent in force runs out. Sends nothing itself: a rebuild rings no bell. */
export const consentClocksProjection = foldedRows({
  name: 'consent-clocks',
  version: 1,
  categories: ['consent'],
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
  idOf: (event) => {
    const { data } = consentEvent(event);
    return 'consentId' in data ? data.consentId : undefined;
  },
  fold: oneRow((clock, recorded) => {
    const event = consentEvent(recorded);
    switch (event.type) {
      case 'ConsentGiven': {
        const { consentId, clientId, validUntil } = event.data;
        return { consentId, clientId, dueAt: new Date(validUntil) };
      }
      case 'ConsentWithdrawn':
      case 'ConsentExpired':
        return undefined;
      case 'ConsentRefused':
      case 'ClientsLinked':
      case 'ClientLinkAnswered':
      case 'SuspensionsRequested':
      case 'DisclosureRecorded':
      case 'DisclosureRefused':
      case 'OverrideRequested':
      case 'OverrideApproved':
      case 'InformingOfOverrideDelayed':
      case 'ClientInformedOfOverride':
      case 'OverrideEndedByClient':
      case 'ErasureRequested':
      case 'ErasureRequestWithdrawn':
      case 'ErasureDeclined':
      case 'ErasureRequestLapsed':
      case 'ErasureDemanded':
      case 'LegalHoldPlaced':
      case 'LegalHoldLifted':
      case 'ErasureApproved':
      case 'ContextErased':
      case 'ErasureCompleted':
        return clock;
    }
  }),
});

const consentEvent = ({ type, data }: OpenedEvent) => ({ type, data }) as ConsentEvent;
