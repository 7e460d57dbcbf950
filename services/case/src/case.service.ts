import {
  AccessRecords,
  CreateClientLinks1764413000000,
  type ServiceDefinition,
  serviceTokens,
  shutOutMarks,
  ShutOutMarks,
  shutOutMarksIn,
  shutOutVariables,
} from '@waymark/service-kit';
import { caseViews } from './case/projections/case-views.js';
import { caseAggregate } from './case/case.aggregate.js';
import { casesOfClients } from './case/cases-of-clients.js';
import { ErasedClients } from './case/erased-clients.js';
import { emergencyReviewClocks } from './case/features/run-emergency-review-clocks.js';
import { openEmergencyAccesses } from './case/open-emergency-accesses.js';
import { caseResource } from './case/visibility.js';
import { CaseModule } from './case.module.js';
import { consumes } from './integration/consume.js';
import { erasureAnswer, publish, publishes, publishFacts } from './integration/publish.js';
import { TeamListeners, tellOfTeamVariables } from './integration/tell-of-team.js';
import { CreateCaseReferrals1760000002000 } from './migrations/1760000002000-create-case-referrals.js';

const own = { ...shutOutVariables, ...tellOfTeamVariables };

/** `case` is a reserved word. */
export const caseService: ServiceDefinition<typeof own> = {
  name: 'case',
  title: 'Waymark case',
  description:
    'Cases: opened once for an accepted concern, seen by their team alone, assessed, led through their stages, closed and reopened.',
  settings: own,
  aggregates: [caseAggregate],
  module: CaseModule,
  resources: {
    Case: async (id, { dataSource, aggregates, asker, environment }) => {
      const { state } = await aggregates.load(caseAggregate, id);
      if (state.status === 'none') return undefined;
      const marks = shutOutMarksIn('case', environment);
      const ofClient = await casesOfClients.of(dataSource, state.clientId);
      return caseResource(state, { principal: asker, marks, ofClient, now: aggregates.now() });
    },
  },
  migrations: [CreateCaseReferrals1760000002000, CreateClientLinks1764413000000],
  projections: caseViews,
  providers: ({ store, settings, log, keyRing }) => [
    { provide: ErasedClients, useValue: new ErasedClients(keyRing) },
    { provide: AccessRecords, useValue: new AccessRecords('case', store) },
    { provide: ShutOutMarks, useValue: shutOutMarks(settings) },
    {
      provide: TeamListeners,
      useValue: new TeamListeners(settings.TEAMS_TOLD_AT, serviceTokens('case', settings), log),
    },
  ],
  publishes,
  publish,
  publishFacts,
  consumes,
  erasure: { answers: erasureAnswer },
  dueWork: (doors) => [emergencyReviewClocks(doors)],
  figures: ({ dataSource }) => openEmergencyAccesses(dataSource),
};
