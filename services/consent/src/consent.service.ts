import type { ServiceDefinition } from '@waymark/service-kit';
import { consentRecordAggregate } from './consent-record/consent-record.aggregate.js';
import { consentClocks } from './consent-record/features/run-consent-clocks.js';
import { consentWithdrawal } from './consent-record/processes/consent-withdrawal.process.js';
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
  migrations: [CreateConsentViews1760000002000],
  projections: [consentClocksProjection],
  publishes,
  publish,
  consumes,
  processes: [consentWithdrawal],
  dueWork: (doors) => [consentClocks(doors)],
};
