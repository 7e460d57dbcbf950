import type { ServiceDefinition } from '@waymark/service-kit';
import { ClientTeams } from './consent-record/client-teams.js';
import { consentRecordAggregate } from './consent-record/consent-record.aggregate.js';
import { consentClocks } from './consent-record/features/run-consent-clocks.js';
import { consentClocksProjection } from './consent-record/projections/consent-clocks/consent-clocks.projection.js';
import { ConsentModule } from './consent.module.js';
import { consumes } from './integration/consume.js';
import { publish, publishes } from './integration/publish.js';
import { CreateConsentViews1760000002000 } from './migrations/1760000002000-create-consent-views.js';

export const consent: ServiceDefinition = {
  name: 'consent',
  title: 'Waymark consent',
  description: 'What clients consent to, and every disclosure, decided at its moment: nothing leaves without it.',
  settings: {},
  aggregates: [consentRecordAggregate],
  module: ConsentModule,
  resources: { Client: (id, { dataSource }) => new ClientTeams(dataSource).resourceOf(id) },
  migrations: [CreateConsentViews1760000002000],
  projections: [consentClocksProjection],
  publishes,
  publish,
  consumes,
  dueWork: (doors) => [consentClocks(doors)],
};
