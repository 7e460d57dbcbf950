import { type ServiceDefinition, ShutOutMarks, shutOutSecretLabel } from '@waymark/service-kit';
import { concernAggregate } from './concern/concern.aggregate.js';
import { ErasePerson } from './concern/features/erase-person.js';
import { responseClocks } from './concern/features/run-response-clocks.js';
import { clientLink } from './concern/processes/client-link.process.js';
import { concernAcceptance } from './concern/processes/concern-acceptance.process.js';
import { queueProjection } from './concern/projections/queue/queue.projection.js';
import { StaffMarks } from './concern/projections/queue/staff-marks.js';
import { receiptsProjection } from './concern/projections/receipts/receipts.projection.js';
import { responseClocksProjection } from './concern/projections/response-clocks/response-clocks.projection.js';
import { ReceiptHashes } from './concern/receipts/receipt-hashes.js';
import { RECEIPT_SESSIONS, receiptSessions } from './concern/receipts/receipt-signing.js';
import { GuessThrottle, SubmissionThrottle } from './concern/receipts/throttles.js';
import { concernResource } from './concern/visibility.js';
import { IntakeModule } from './intake.module.js';
import { consumes } from './integration/consume.js';
import { RevocationRecord } from './revocations/revocation-record.js';
import { erasureAnswer, publish, publishes, publishFacts } from './integration/publish.js';
import { CreateAccessRevocations1764160000000 } from './migrations/1764160000000-create-access-revocations.js';
import { CreateIntakeViews1760000001000 } from './migrations/1760000001000-create-intake-views.js';

export const intake: ServiceDefinition = {
  name: 'intake',
  title: 'Waymark intake',
  description: 'Concerns: raised by anybody, answered by a person within 24 hours, triaged, explained, accepted.',
  settings: {},
  aggregates: [concernAggregate],
  module: IntakeModule,
  resources: {
    Concern: async (id, { aggregates }) => {
      const { state } = await aggregates.load(concernAggregate, id);
      return state.status === 'none' ? undefined : concernResource(state);
    },
  },
  migrations: [CreateIntakeViews1760000001000, CreateAccessRevocations1764160000000],
  projections: ({ secrets }) => [
    queueProjection(new StaffMarks(secrets)),
    receiptsProjection,
    responseClocksProjection,
  ],
  providers: ({ secrets, store, dataSource, clock, settings }) => [
    { provide: RevocationRecord, useValue: new RevocationRecord(store, clock) },
    { provide: ShutOutMarks, useValue: new ShutOutMarks(secrets.of(shutOutSecretLabel)) },
    { provide: StaffMarks, useValue: new StaffMarks(secrets) },
    { provide: ReceiptHashes, useValue: new ReceiptHashes(secrets) },
    { provide: GuessThrottle, useValue: new GuessThrottle(dataSource, clock, secrets) },
    { provide: SubmissionThrottle, useValue: new SubmissionThrottle(dataSource, clock, secrets) },
    { provide: RECEIPT_SESSIONS, useValue: receiptSessions(secrets, settings.RECEIPT_ISSUER, clock) },
  ],
  publishes,
  publish,
  publishFacts,
  consumes,
  processes: [concernAcceptance, clientLink],
  erasure: {
    answers: erasureAnswer,
    clear: ({ personId, erasureId }, call, { commands }) =>
      commands.execute(new ErasePerson(personId, erasureId, call)),
  },
  dueWork: (doors) => [responseClocks(doors)],
};
