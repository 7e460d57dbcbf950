import {
  AddRecusedAndClosed1764244800000,
  AddShutOutMarks1764230400000,
  AddTeamRevision1764249000000,
  RetentionRule,
  retentionVariables,
  type ServiceDefinition,
  shutOutMarks,
  ShutOutMarks,
  shutOutMarksIn,
  shutOutVariables,
} from '@waymark/service-kit';
import { consentViews } from './consent-record/projections/consent-views.js';
import { ClientTeams } from './consent-record/client-teams.js';
import { consentRecordAggregate } from './consent-record/consent-record.aggregate.js';
import { runRetention } from './consent-record/features/request-due-erasures.js';
import { consentClocks } from './consent-record/features/run-consent-clocks.js';
import { clientErasure } from './consent-record/processes/client-erasure.process.js';
import { consentWithdrawal } from './consent-record/processes/consent-withdrawal.process.js';
import { overdueErasures } from './consent-record/overdue-erasures.js';
import { ConsentModule } from './consent.module.js';
import { consumes } from './integration/consume.js';
import { erasureAnswer, publish, publishes } from './integration/publish.js';
import { CreateConsentViews1760000002000 } from './migrations/1760000002000-create-consent-views.js';

const own = {
  ...shutOutVariables,
  ...retentionVariables,
};

export const consent: ServiceDefinition<typeof own> = {
  name: 'consent',
  title: 'Waymark consent',
  description: 'What clients consent to, and every disclosure, decided at its moment: nothing leaves without it.',
  settings: own,
  aggregates: [consentRecordAggregate],
  module: ConsentModule,
  resources: {
    Client: (id, { dataSource, aggregates, asker, environment }) =>
      new ClientTeams(dataSource, aggregates, shutOutMarksIn('consent', environment)).resourceOf(id, asker),
  },
  migrations: [
    CreateConsentViews1760000002000,
    AddShutOutMarks1764230400000,
    AddRecusedAndClosed1764244800000,
    AddTeamRevision1764249000000,
  ],
  projections: consentViews,
  providers: ({ settings }) => [
    { provide: RetentionRule, useValue: new RetentionRule(settings.RETENTION_MONTHS) },
    { provide: ShutOutMarks, useValue: shutOutMarks(settings) },
  ],
  publishes,
  publish,
  consumes,
  processes: { version: 3, declared: [consentWithdrawal, clientErasure] },
  dueWork: (doors) => [consentClocks(doors)],
  clocks: [runRetention],
  erasure: { answers: erasureAnswer },
  figures: (doors) => [overdueErasures(doors)],
};
