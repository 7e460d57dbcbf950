import type { ServiceDefinition } from '@waymark/service-kit';
import { reportingViews } from './fact/projections/reporting-views.js';
import { caseFacts, factAggregate, referralFacts, responseFacts } from './fact/fact.aggregate.js';
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
  projections: reportingViews,
  providers: ({ store, aggregates }) => [{ provide: EarlierCounts, useValue: new EarlierCounts(store, aggregates) }],
  consumes,
};
