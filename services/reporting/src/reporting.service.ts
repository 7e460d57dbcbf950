import type { ServiceDefinition } from '@waymark/service-kit';
import { caseFacts, factAggregate, referralFacts, responseFacts } from './fact/fact.aggregate.js';
import { caseloadProjection } from './fact/projections/caseload/caseload.projection.js';
import { contactCountsProjection } from './fact/projections/contact-counts/contact-counts.projection.js';
import { firstResponsesProjection } from './fact/projections/first-responses/first-responses.projection.js';
import { referralResultsProjection } from './fact/projections/referral-results/referral-results.projection.js';
import { consumes } from './integration/consume.js';
import { ReportingModule } from './reporting.module.js';
import { shownTablesAggregate } from './shown-tables/shown-tables.aggregate.js';
import { EarlierCounts } from './tables/earlier-counts.js';

export const reporting: ServiceDefinition = {
  name: 'reporting',
  title: 'Waymark reporting',
  description:
    'De-identified tables for analysts. Counts under five are not shown, nor what would let one be computed.',
  settings: {},
  aggregates: [factAggregate, responseFacts, referralFacts, caseFacts, shownTablesAggregate],
  module: ReportingModule,
  migrations: [],
  projections: [contactCountsProjection, firstResponsesProjection, referralResultsProjection, caseloadProjection],
  providers: ({ store, aggregates }) => [{ provide: EarlierCounts, useValue: new EarlierCounts(store, aggregates) }],
  consumes,
};
