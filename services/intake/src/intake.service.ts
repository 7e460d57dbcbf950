import { str } from 'envalid';
import { units } from '@waymark/contracts';
import {
  AccessRecords,
  type Log,
  readEnvironment,
  readSecretFile,
  RetentionRule,
  retentionVariables,
  type Secrets,
  type ServiceDefinition,
  ShutOutMarks,
  shutOutSecretLabel,
  viewSettings,
} from '@waymark/service-kit';
import { intakeViews } from './concern/projections/intake-views.js';
import { ConcernMarks } from './concern/concern-marks.js';
import { concernAggregate } from './concern/concern.aggregate.js';
import { concernsOfClients } from './concern/concerns-of-clients.js';
import { clientOf } from './concern/domain/concern.state.js';
import { endDueRetentions } from './concern/features/end-retention.js';
import { ErasePerson } from './concern/features/erase-person.js';
import { responseClocks } from './concern/features/run-response-clocks.js';
import { clientLink } from './concern/processes/client-link.process.js';
import { concernAcceptance } from './concern/processes/concern-acceptance.process.js';
import { ContactMarks } from './concern/projections/contact-marks/contact-marks.js';
import { StaffMarks } from './concern/projections/queue/staff-marks.js';
import { ReceiptHashes } from './concern/receipts/receipt-hashes.js';
import { RECEIPT_SESSIONS, receiptSessions } from './concern/receipts/receipt-signing.js';
import { forgetFullBuckets, GuessThrottle, SubmissionThrottle } from './concern/receipts/throttles.js';
import { DeskMarks, Desks, type DeskUnits } from './concern/desks.js';
import { concernResource } from './concern/visibility.js';
import { IntakeModule } from './intake.module.js';
import { consumes } from './integration/consume.js';
import { RevocationList } from './revocations/revocation-list.js';
import { RevocationRecord } from './revocations/revocation-record.js';
import { erasureAnswer, factsOpen, publish, publishes, publishFacts } from './integration/publish.js';
import { CreateAccessRevocations1764160000000 } from './migrations/1764160000000-create-access-revocations.js';
import { ForgetFullBuckets1764248000000 } from './migrations/1764248000000-forget-full-buckets.js';
import { CreateIntakeViews1760000001000 } from './migrations/1760000001000-create-intake-views.js';

const own = {
  ...retentionVariables,
  DESK: str({ choices: units, default: 'support_desk', desc: 'unit of the desk' }),
  ALTERNATE_DESK: str({ choices: units, default: undefined, desc: 'unit that concerns about the desk itself go to' }),
};

const desksOf = (units: DeskUnits, secrets: Secrets): Desks => new Desks(units, new DeskMarks(secrets));

/** For want of an alternate desk people are refused who shut out the desk, and nobody at the desk would notice. */
function desksFor(units: DeskUnits, secrets: Secrets, log: Log): Desks {
  if (units.ALTERNATE_DESK === undefined)
    log.warn(
      'ALTERNATE_DESK is not set: a concern whose reporter shuts out the desk is refused, since nobody would answer it',
    );
  return desksOf(units, secrets);
}

const shutOutMarksOf = (secrets: Secrets) => new ShutOutMarks(secrets.of(shutOutSecretLabel));

export const intake: ServiceDefinition<typeof own> = {
  name: 'intake',
  title: 'Waymark intake',
  description: 'Concerns: raised by anybody, answered by a person within 24 hours, triaged, explained, accepted.',
  settings: own,
  aggregates: [concernAggregate],
  module: IntakeModule,
  resources: {
    Concern: async (id, { aggregates, dataSource, environment, asker }) => {
      const { state } = await aggregates.load(concernAggregate, id);
      if (state.status === 'none') return undefined;
      const { SECRET_FILE, ...units } = readEnvironment('intake', environment, {
        ...own,
        SECRET_FILE: viewSettings.SECRET_FILE,
      });
      const secrets = await readSecretFile(SECRET_FILE);
      const marks = new ConcernMarks(desksOf(units, secrets), shutOutMarksOf(secrets));
      const ofClient = await concernsOfClients.of(dataSource, clientOf(state));
      const people = asker.kind === 'staff' ? [asker.id] : [];
      return concernResource(state, { marks, ofClient, now: aggregates.now(), people });
    },
  },
  migrations: [CreateIntakeViews1760000001000, CreateAccessRevocations1764160000000, ForgetFullBuckets1764248000000],
  projections: ({ secrets }) => intakeViews(secrets),
  providers: ({ secrets, store, dataSource, clock, settings, log }) => [
    { provide: AccessRecords, useValue: new AccessRecords('intake', store) },
    { provide: Desks, useValue: desksFor(settings, secrets, log) },
    { provide: RetentionRule, useValue: new RetentionRule(settings.RETENTION_MONTHS) },
    { provide: RevocationRecord, useValue: new RevocationRecord(store, clock) },
    { provide: ShutOutMarks, useValue: shutOutMarksOf(secrets) },
    { provide: ContactMarks, useValue: new ContactMarks(secrets) },
    { provide: StaffMarks, useValue: new StaffMarks(secrets) },
    { provide: ReceiptHashes, useValue: new ReceiptHashes(secrets) },
    { provide: GuessThrottle, useValue: new GuessThrottle(dataSource, clock, secrets) },
    { provide: SubmissionThrottle, useValue: new SubmissionThrottle(dataSource, clock, secrets) },
    { provide: RECEIPT_SESSIONS, useValue: receiptSessions(secrets, settings.RECEIPT_ISSUER, clock) },
  ],
  publishes,
  publish,
  publishFacts,
  factsOpen,
  consumes,
  processes: { version: 2, declared: [concernAcceptance, clientLink] },
  erasure: {
    answers: erasureAnswer,
    clear: ({ personId, erasureId }, call, { commands }) =>
      commands.execute(new ErasePerson(personId, erasureId, call)),
  },
  dueWork: (doors) => [responseClocks(doors)],
  revocations: ({ dataSource }) => {
    const list = new RevocationList(dataSource);
    return () => list.recent();
  },
  clocks: [forgetFullBuckets, endDueRetentions],
  figures: (_doors, { ALTERNATE_DESK }) => [
    {
      name: 'waymark_alternate_desk_missing',
      help: '1 when a concern whose reporter shuts out the desk is refused, since nobody would answer it',
      read: async () => (ALTERNATE_DESK === undefined ? 1 : 0),
    },
  ],
};
