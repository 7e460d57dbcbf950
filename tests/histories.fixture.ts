import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { EventToAppend } from '@waymark/event-store';

/** One append of a history: some events to one stream. */
export interface Told {
  readonly stream: string;
  readonly type: string;
  readonly data: object;
}

const at = fc.integer({ min: 0, max: 10_000 }).map((hours) => new Date(1.6e12 + hours * 3_600_000).toISOString());
export const uuid = (of: number): string => `00000000-0000-8000-8000-${String(of).padStart(12, '0')}`;
/** Few of each kind, so that events meet in the same rows. */
const few = fc.nat({ max: 3 });
const person = fc.constantFrom('amina', 'kwame', 'marek');
const team = fc.uniqueArray(person, { minLength: 1 });
const marks = fc.uniqueArray(fc.constantFrom('1a'.repeat(16), '2b'.repeat(16)), { minLength: 1 });
const scope = { recipient: fc.constantFrom('ombudsman', 'medical'), purpose: fc.constant('support') };

const event = <Data>(
  type: string,
  data: Readonly<Record<string, fc.Arbitrary<Data>>>,
): fc.Arbitrary<Omit<Told, 'stream'>> =>
  fc.record({ type: fc.constant(type), data: fc.record(data, { requiredKeys: Object.keys(data) }) });

/** What begins a thing comes often: without it the rest of its events are about nothing. */
const often = <Value>(arbitrary: fc.Arbitrary<Value>) => ({ arbitrary, weight: 6 });

/** In any order, also in those that no decider would let happen: a fold must not depend on how its pages are cut. */
const concern = (of: number) =>
  fc.oneof(
    often(
      event<unknown>('ConcernSubmitted', {
        clientId: fc.constant(uuid(of % 3)),
        reporterId: few.map((number) => uuid(50 + number)),
        channel: fc.constantFrom('portal', 'phone'),
        language: fc.option(fc.constantFrom('ar', 'en'), { nil: undefined }),
        contactDetails: fc.option(fc.constantFrom('noor@example.org', '+961 1 000 000'), { nil: undefined }),
        place: fc.option(fc.constant({ country: 'BD', dutyStation: 'BD-CO010' }), { nil: undefined }),
        immediateDanger: fc.boolean(),
        medicalUrgency: fc.boolean(),
        contact: fc.record({ at, precision: fc.constant('minute') }),
        desk: fc.option(fc.constantFrom('6a'.repeat(16), '5c'.repeat(16)), { nil: undefined }),
        shutOut: fc.option(marks, { nil: undefined }),
        clock: fc.option(fc.record({ warnAt: at, dueAt: at, escalateToHeadAt: at }), { nil: undefined }),
        exclusions: fc.option(fc.record({ people: team, roles: fc.constant(['officer']), units: fc.constant([]) }), {
          nil: undefined,
        }),
      }),
    ),
    event<unknown>('ReceiptIssued', {
      scope: fc.constantFrom('reporter', 'client'),
      receiptHash: fc.nat({ max: 20 }).map((number) => `hash-${number}`),
    }),
    event<unknown>('ReceiptWithdrawn', {
      scope: fc.constantFrom('reporter', 'client'),
      receiptHash: fc.nat({ max: 20 }).map((number) => `hash-${number}`),
      reason: fc.constantFrom('lost', 'seen_by_others'),
    }),
    event('FirstResponseDue', { dueAt: at }),
    event('FirstResponseOverdue', { dueAt: at }),
    event('ConcernEscalated', { to: fc.constantFrom('supervisor', 'head') }),
    event('ConcernAllocated', { officerId: person }),
    event<unknown>('ReporterErasureRequested', {
      exclusions: fc.option(fc.record({ people: team, roles: fc.constant([]), units: fc.constant(['legal']) }), {
        nil: undefined,
      }),
    }),
    event<unknown>('RetentionEnded', {
      exclusions: fc.option(fc.record({ people: team, roles: fc.constant([]), units: fc.constant(['legal']) }), {
        nil: undefined,
      }),
    }),
    event('RetentionResumed', {}),
    event('PersonErased', { persons: fc.uniqueArray(fc.constantFrom('client', 'reporter'), { minLength: 1 }) }),
    event('ConcernLinkedToClient', {
      ...{ linkId: few.map(uuid), clientId: fc.constant(uuid(of % 3)) },
      ...{ earlierClientId: few.map(uuid), earlierConcernId: few.map(uuid) },
    }),
    event('OfficerRecusedFromConcern', { staffId: person }),
    event('TeamOfConcernChanged', { team }),
    event('EmergencyAccessToConcernGranted', { staffId: person, endsAt: at }),
    event('EmergencyAccessToConcernEnded', {}),
    event('FirstResponseGiven', {}),
    event('ReporterMessageReceived', {}),
    event('ConcernTriaged', { priority: fc.constantFrom('p1', 'p3') }),
    event<unknown>('ConcernAccepted', { officerId: person, shutOut: fc.option(marks, { nil: undefined }) }),
  );
const case_ = (of: number) =>
  fc.oneof(
    often(
      event<unknown>('CaseOpened', {
        ...{ caseId: fc.constant(uuid(of)), concernId: fc.constant(uuid(of)), clientId: fc.constant(uuid(of % 3)) },
        ...{ caseCode: fc.constant(`C-${of}`), officerId: person, team, openedAt: at },
        shutOut: fc.option(marks, { nil: undefined }),
      }),
    ),
    event<unknown>('OfficerAssigned', { clientId: fc.constant(uuid(of % 3)), officerId: person, team }),
    event<unknown>('TeamMemberAdded', { clientId: fc.constant(uuid(of % 3)), team }),
    event<unknown>('TeamMemberRemoved', { clientId: fc.constant(uuid(of % 3)), team }),
    event<unknown>('OfficerRecused', { clientId: fc.constant(uuid(of % 3)), staffId: person, team }),
    event('StageMoved', { to: fc.constantFrom('engagement', 'planning') }),
    event('CaseClosed', { closedAt: at }),
    event('CaseReopened', { stage: fc.constantFrom('assessment', 'planning') }),
    event('RiskAssessed', { reviewDueAt: at }),
    event('NoteWritten', {}),
    event<unknown>('EmergencyAccessGranted', {
      ...{ clientId: fc.constant(uuid(of % 3)), grantId: few.map((number) => uuid(200 + 10 * of + number)) },
      ...{ staffId: person, purpose: fc.constantFrom('vital_interest', 'audit') },
      ...{ grantedAt: at, endsAt: at, reviewDueAt: at },
    }),
    event<unknown>('EmergencyAccessReviewed', {
      grantId: few.map((number) => uuid(200 + 10 * of + number)),
      ...{ outcome: fc.constantFrom('justified', 'not_justified'), reviewedBy: person },
    }),
    event<unknown>('EmergencyReviewOverdue', { grantId: few.map((number) => uuid(200 + 10 * of + number)), dueAt: at }),
  );
const consent = (of: number) => {
  const consentId = few.map((number) => uuid(100 * of + number));
  const erasureId = few.map((number) => uuid(1_100 + 10 * of + number));
  const overrideId = few.map((number) => uuid(1_200 + 10 * of + number));
  const asked = { clientId: fc.constant(uuid(of)), requestedBy: person, requestedAt: at };
  return fc.oneof(
    event<unknown>('ConsentGiven', { consentId, clientId: fc.constant(uuid(of)), validUntil: at, ...scope }),
    event<unknown>('ConsentWithdrawn', { consentId, clientId: fc.constant(uuid(of)), ...scope }),
    event<unknown>('ConsentExpired', { consentId, ...scope }),
    event<unknown>('ConsentRefused', { clientId: fc.constant(uuid(of)), ...scope }),
    event<unknown>('ErasureRequested', {
      ...{ ...asked, erasureId },
      reporterOf: fc.option(
        fc.record({ clientId: few.map(uuid), concernId: few.map(uuid), shutOut: fc.option(marks, { nil: undefined }) }),
        { nil: undefined },
      ),
    }),
    event<unknown>('ReporterErasureAdmitted', {
      clientId: fc.constant(uuid(of)),
      reporterId: few.map(uuid),
      erasureId,
    }),
    event<unknown>('ErasureApproved', { erasureId, answersDueAt: at }),
    event<unknown>('ErasureDeclined', { erasureId }),
    event<unknown>('ErasureRequestWithdrawn', { erasureId }),
    event<unknown>('ErasureRequestLapsed', { erasureId }),
    event<unknown>('OverrideRequested', { ...asked, overrideId, validUntil: at }),
    event<unknown>('OverrideApproved', { overrideId }),
    event<unknown>('OverrideDeclined', { overrideId }),
    event<unknown>('OverrideRevoked', { overrideId }),
    event<unknown>('OverrideEndedByClient', { overrideId }),
    event<unknown>('OverrideExpired', { overrideId }),
    event<unknown>('DisclosureRecorded', { consentId, ...scope }),
  );
};
const referral = (of: number) => {
  const moved = { caseId: fc.constant(uuid(of)), clientId: fc.constant(uuid(of % 3)), movedAt: at };
  return fc.oneof(
    often(
      event<unknown>('ReferralDrafted', {
        ...moved,
        ...{
          unit: fc.constantFrom('ombudsman', 'medical'),
          service: fc.constant('mediation'),
          urgency: fc.constant('soon'),
        },
      }),
    ),
    event<unknown>('ReferralBlocked', moved),
    event<unknown>('ReferralSent', { ...moved, consentId: few.map(uuid), acknowledgeBy: at }),
    event<unknown>('ReferralAcknowledged', moved),
    event<unknown>('ReferralAccepted', moved),
    event<unknown>('ReferralDeclined', moved),
    event<unknown>('ReferralServiceBegun', moved),
    event<unknown>('ReferralCompleted', { ...moved, outcome: fc.constantFrom('service_provided', 'not_provided') }),
    event<unknown>('ReferralOutcomeCorrected', { ...moved, outcome: fc.constantFrom('partly_provided') }),
    event<unknown>('ReferralNotAttended', moved),
    event<unknown>('ReferralRevoked', moved),
    event<unknown>('ReferralDeclinedByClient', moved),
    event<unknown>('ReferralSuspended', { ...moved, consentId: few.map(uuid), withdrawnAt: at }),
    event<unknown>('RecipientInformed', { about: fc.constant('consent_withdrawn') }),
    event<unknown>('SuspensionAcknowledged', {}),
  );
};
const fact = () =>
  event<unknown>('FactReceived', {
    month: fc.constantFrom('2021-01', '2021-02'),
    country: fc.option(fc.constantFrom('AR', 'BD'), { nil: undefined }),
    subdivision: fc.option(fc.constantFrom('AR-B'), { nil: undefined }),
    matters: fc.array(fc.constantFrom('other', 'retaliation'), { maxLength: 3 }),
    behaviours: fc.array(fc.constantFrom('quid_pro_quo', 'stalking'), { maxLength: 3 }),
  });
/** In any order too: an answer before it was asked for, a step done twice. */
const process = () => {
  const step = fc.constantFrom('ask', 'tell');
  const ids = fc.uniqueArray(few.map(uuid), { maxLength: 3 });
  const started = {
    ...{
      process: fc.constant('two-steps'),
      processVersion: fc.constant(1),
      about: few.map(uuid),
      since: at,
      dueAt: at,
    },
    ...{ stream: few.map((of) => `consent-${uuid(of)}`), steps: fc.constant([{ step: 'ask', withinSeconds: 300 }]) },
  };
  const attempt = fc.integer({ min: 1, max: 3 });
  return fc.oneof(
    event<unknown>('ProcessStarted', started),
    event<unknown>('ProcessStepTaken', { step, attempt, awaits: ids, againAt: fc.option(at, { nil: undefined }) }),
    event<unknown>('ProcessStepAnswered', { step, awaited: few.map(uuid), answer: fc.constant('suspended') }),
    event<unknown>('ProcessStepOverdue', { step, dueAt: at, attempts: fc.nat({ max: 3 }), missing: ids }),
    event<unknown>('ProcessStepDone', { step, next: fc.option(fc.record({ step, dueAt: at }), { nil: undefined }) }),
    event<unknown>('ProcessCompleted', { process: fc.constant('two-steps') }),
  );
};
const factMonth = fc.constantFrom('2021-01', '2021-02', '2021-03');
const responseFact = () =>
  fc.oneof(
    event<unknown>('ResponseAwaited', {
      month: factMonth,
      channel: fc.constantFrom('portal', 'phone'),
      measurable: fc.boolean(),
    }),
    event<unknown>('ResponseCounted', {
      band: fc.option(fc.constantFrom('within_1_hour', 'after_72_hours'), { nil: undefined }),
    }),
  );
const referralFact = () =>
  fc.oneof(
    event<unknown>('ReferralCounted', {
      ...{ month: factMonth, unit: fc.constantFrom('ombudsman', 'medical'), service: fc.constant('mediation') },
    }),
    event<unknown>('ReferralResultCounted', { result: fc.constantFrom('service_provided', 'declined') }),
  );
const caseFact = () =>
  event<unknown>('CaseStageCounted', {
    month: factMonth,
    stage: fc.constantFrom('engagement', 'planning', 'closed'),
  });
/** What was read is a stream of any service, another record of reading among them. */
const access = () => {
  const resource = fc.tuple(fc.constantFrom('concern', 'case', 'consent', 'referral', 'case_access'), few);
  const stream = resource.map(([category, of]) => `${category}-${uuid(of)}`);
  return fc.oneof(
    event<unknown>('ClientDataRead', {
      resource: stream,
      clientId: fc.option(
        few.map((of) => uuid(of % 3)),
        { nil: undefined, freq: 2 },
      ),
    }),
    event<unknown>('ClientDataListed', {
      what: fc.constantFrom('ListConcerns', 'ListCases'),
      ground: fc.constantFrom('desk', 'team'),
      shown: fc.uniqueArray(stream, { minLength: 1, maxLength: 3 }),
    }),
  );
};

const readingAlarm = (of: number) =>
  fc.oneof(
    event<unknown>('ReadingAlarmRaised', {
      alarmId: fc.constant(uuid(of)),
      ...{ rule: fc.constant('refused_often'), personId: person, count: fc.constant(11) },
      ...{ accessPosition: fc.constant('1'), accessedAt: at },
    }),
    event('ReadingAlarmReviewed', { finding: fc.constant('mistaken'), reviewerId: person, reviewedAt: at }),
  );

const kinds: Readonly<Record<string, (of: number) => fc.Arbitrary<Omit<Told, 'stream'>>>> = {
  ...{ concern, case: case_, consent, referral, fact, reading_alarm: readingAlarm },
  ...{ response_fact: responseFact, referral_fact: referralFact, case_fact: caseFact },
  ...Object.fromEntries(
    ['intake', 'case', 'consent', 'referral', 'audit'].map((service) => [`${service}_access`, access] as const),
  ),
  ...Object.fromEntries(['intake', 'consent'].map((service) => [`${service}_process`, process] as const)),
};

export const toldCategories = Object.keys(kinds);

/** A history of all services. */
export const histories: fc.Arbitrary<readonly Told[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...Object.keys(kinds)), few)
    .chain(([category, of]) =>
      (kinds[category] ?? access)(of).map((told) => ({ stream: `${category}-${uuid(of)}`, ...told })),
    ),
  { minLength: 1, maxLength: 150, size: 'max' },
);

export const toAppend = ({ type, data }: Told): EventToAppend => ({
  ...{ id: randomUUID(), type, schemaVersion: 1, data: JSON.parse(JSON.stringify(data)) },
  metadata: {
    ...{ actor: { kind: 'service', id: 'of-the-test' }, correlationId: 'c', causationId: 'c' },
    occurredAt: '2026-03-02T08:00:00.000Z',
  },
});
