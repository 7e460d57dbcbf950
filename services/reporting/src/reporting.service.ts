import type { ServiceDefinition } from '@waymark/service-kit';
import { factAggregate } from './fact/fact.aggregate.js';
import { contactCountsProjection } from './fact/projections/contact-counts/contact-counts.projection.js';
import { consumes } from './integration/consume.js';
import { CreateContactCounts1760000005000 } from './migrations/1760000005000-create-contact-counts.js';
import { ReportingModule } from './reporting.module.js';

export const reporting: ServiceDefinition = {
  name: 'reporting',
  title: 'Waymark reporting',
  description:
    'De-identified tables for analysts. Counts under five are not shown, nor what would let one be computed.',
  settings: {},
  aggregates: [factAggregate],
  module: ReportingModule,
  entities: [],
  migrations: [CreateContactCounts1760000005000],
  projections: [contactCountsProjection],
  consumes,
};
