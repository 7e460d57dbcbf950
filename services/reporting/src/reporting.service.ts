import type { ServiceDefinition } from '@waymark/service-kit';
import { factAggregate } from './fact/fact.aggregate.js';
import { contactCountsProjection } from './fact/projections/contact-counts/contact-counts.projection.js';
import { consumes } from './integration/consume.js';
import { ReportingModule } from './reporting.module.js';

export const reporting: ServiceDefinition = {
  name: 'reporting',
  title: 'Waymark reporting',
  description:
    'De-identified tables for analysts. Counts under five are not shown, nor what would let one be computed.',
  settings: {},
  aggregates: [factAggregate],
  module: ReportingModule,
  migrations: [],
  projections: [contactCountsProjection],
  consumes,
};
