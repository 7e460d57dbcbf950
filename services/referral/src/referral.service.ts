import { url } from 'envalid';
import {
  AddRecusedAndClosed1764244800000,
  AddShutOutMarks1764230400000,
  AddTeamRevision1764249000000,
  CreateClientLinks1764413000000,
  type ServiceDefinition,
  serviceTokens,
  shutOutMarks,
  ShutOutMarks,
  shutOutMarksIn,
  shutOutVariables,
} from '@waymark/service-kit';
import { referralViews } from './referral/projections/referral-views.js';
import { consumes } from './integration/consume.js';
import { ConsentDoor } from './integration/consent-door.js';
import { erasureAnswer, publish, publishes, publishFacts } from './integration/publish.js';
import { CreateReferralViews1760000003000 } from './migrations/1760000003000-create-referral-views.js';
import { ForgetWithdrawnConsents1760000003020 } from './migrations/1760000003020-forget-withdrawn-consents.js';
import { FindCasesByClient1764324000000 } from './migrations/1764324000000-find-cases-by-client.js';
import { PackageSeal } from './referral/package/package-seal.js';
import { CaseTeams } from './referral/projections/case-teams/case-teams.js';
import { referralAggregate } from './referral/referral.aggregate.js';
import { referralResource } from './referral/visible-referrals.js';
import { ReferralModule } from './referral.module.js';

const own = {
  ...shutOutVariables,
  CONSENT_URL: url({ desc: 'address of the consent service' }),
};

export const referral: ServiceDefinition<typeof own> = {
  name: 'referral',
  title: 'Waymark referral',
  description: 'Referrals to a unit: packages that go out, and are opened, under a consent in force only.',
  settings: own,
  aggregates: [referralAggregate],
  module: ReferralModule,
  resources: {
    Referral: async (id, { aggregates, dataSource, asker, environment }) => {
      const { state } = await aggregates.load(referralAggregate, id);
      if (state.status === 'none') return undefined;
      const teams = new CaseTeams(dataSource, shutOutMarksIn('referral', environment));
      return referralResource(state, await teams.attributesOf(state.caseId, asker));
    },
  },
  migrations: [
    CreateReferralViews1760000003000,
    ForgetWithdrawnConsents1760000003020,
    AddShutOutMarks1764230400000,
    AddRecusedAndClosed1764244800000,
    AddTeamRevision1764249000000,
    FindCasesByClient1764324000000,
    CreateClientLinks1764413000000,
  ],
  projections: referralViews,
  providers: ({ settings, keyRing }) => [
    { provide: ShutOutMarks, useValue: shutOutMarks(settings) },
    { provide: PackageSeal, useValue: new PackageSeal(keyRing) },
    { provide: ConsentDoor, useValue: new ConsentDoor(settings.CONSENT_URL, serviceTokens('referral', settings)) },
  ],
  publishes,
  publish,
  publishFacts,
  consumes,
  erasure: { answers: erasureAnswer },
};
