import type { Aggregate } from '@waymark/service-kit';
import type { ConsentCommand } from './domain/consent-record.commands.js';
import { consentRecordDecider } from './domain/consent-record.decider.js';
import { type ConsentEvent, consentEvents } from './domain/consent-record.events.js';
import type { ConsentRecord } from './domain/consent-record.state.js';

/** One stream per client: `consent-<clientId>`. */
export const consentRecordAggregate: Aggregate<ConsentRecord, ConsentCommand, ConsentEvent> = {
  category: 'consent',
  events: consentEvents,
  decider: consentRecordDecider,
  subjects: ({ clientId }) => (clientId === undefined ? {} : { client: clientId }),
};
