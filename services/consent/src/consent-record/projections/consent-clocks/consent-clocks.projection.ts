import type { EntityManager } from 'typeorm';
import type { Projection } from '@waymark/projections';
import type { ConsentEvent } from '../../domain/consent-record.events.js';

/** When each consent in force runs out. Sends nothing itself: a rebuild rings no bell. */
export const consentClocksProjection: Projection = {
  name: 'consent-clocks',
  version: 1,
  categories: ['consent'],
  apply: async (recorded, manager) => {
    const event = { type: recorded.type, data: recorded.data } as ConsentEvent;
    switch (event.type) {
      case 'ConsentGiven':
        await manager.query('INSERT INTO consent_clocks (consent_id, client_id, due_at) VALUES ($1, $2, $3)', [
          event.data.consentId,
          event.data.clientId,
          event.data.validUntil,
        ]);
        return;
      case 'ConsentWithdrawn':
      case 'ConsentExpired':
        return stop(event.data.consentId, manager);
      case 'ConsentRefused':
      case 'DisclosureRecorded':
      case 'DisclosureRefused':
        return;
    }
  },
};

async function stop(consentId: string, manager: EntityManager): Promise<void> {
  await manager.query('DELETE FROM consent_clocks WHERE consent_id = $1', [consentId]);
}
