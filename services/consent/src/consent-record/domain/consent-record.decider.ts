import type { LinkOutcome, WithdrawalWay } from '@waymark/contracts';
import { type Decider, type DecisionContext, type Instant, isBefore } from '@waymark/event-sourcing';
import type { ClientLink, ConsentCommand, Grant, RefuseConsent } from './consent-record.commands.js';
import type { ConsentEvent, Disclosure } from './consent-record.events.js';
import { reject } from './consent-record.rejections.js';
import {
  type Consent,
  consentOf,
  contradictedBy,
  type ConsentRecord,
  evolve,
  nothingConsented,
  referralsUnder,
} from './consent-record.state.js';
import { coverage } from './coverage.js';
import { decideErasing, lapse } from './erasure.decider.js';
import { isErased, pendingByRule, refusesLinks } from './erasure.state.js';
import { decideOverriding } from './override.decider.js';
import type { OverrideEvent } from './override.events.js';
import { isOpen, overrideOf, standingIn } from './override.state.js';
import { isAbout, type Scope, scopeOf } from './scope.js';

const longestValidityInMonths = 24;

export const consentRecordDecider: Decider<ConsentRecord, ConsentCommand, ConsentEvent> = {
  initialState: nothingConsented,
  evolve,
  decide(command, record, context) {
    switch (command.type) {
      case 'GiveConsent':
        if (isErased(record)) reject('person_erased');
        return [...give(command.clientId, command.grant, context), ...clientDecides(command.grant, record, context)];
      case 'RefuseConsent':
        if (isErased(record)) reject('person_erased');
        return refuse(command, record, context);
      case 'WithdrawConsent': {
        const consent = existing(record, command.consentId);
        if (consent.withdrawal) reject('consent_already_withdrawn');
        return [...withdraw(consent, command.way, record, context), ...clientDecides(consent, record, context)];
      }
      case 'RequestSuspensions':
        return requestAgain(command, record, context);
      case 'LinkClient':
        if (record.linked.includes(command.link.linkedClientId)) return [];
        return link(command.link, record, context);
      case 'AnswerLink':
        return answerLink(command.link, command.outcome, record, context);
      case 'ExpireConsent':
        return expire(existing(record, command.consentId), context);
      case 'AuthorizeDisclosure':
        return authorize(command.disclosure, record, context);
      case 'RequestOverride':
      case 'ApproveOverride':
      case 'DeclineOverride':
      case 'RevokeOverride':
      case 'DelayInformingOfOverride':
      case 'InformClientOfOverride':
      case 'EndOverrides':
      case 'ExpireOverride':
        return suspendingUnder(decideOverriding(command, record, context), record, context);
      case 'RequestErasure':
      case 'RequestErasureForConcern':
      case 'ResumeRetention':
      case 'WithdrawErasureRequest':
      case 'DeclineErasure':
      case 'PlaceLegalHold':
      case 'LiftLegalHold':
      case 'AdmitReporterErasure':
      case 'DemandErasure':
      case 'ConfirmErasure':
        return decideErasing(command, record, context);
      case 'ApproveErasure':
      case 'EraseAlong':
        return withSuspensions(decideErasing(command, record, context), record, context);
    }
  },
};

function give(clientId: string, grant: Grant, { now, eventIdAt }: DecisionContext): readonly ConsentEvent[] {
  if (!isBefore(now, grant.validUntil) || isBefore(longestValidity(now), grant.validUntil)) reject('invalid_validity');
  if (grant.form === 'verbal_witnessed' && grant.witnessedBy === undefined) reject('invalid_witness');
  return [{ type: 'ConsentGiven', data: { ...grant, consentId: eventIdAt(0), clientId, givenAt: now } }];
}

/** What the client said no to ends every yes that it contradicts, in the same append: nothing goes out in between. */
function refuse(
  { clientId, refusal, way }: RefuseConsent,
  record: ConsentRecord,
  context: DecisionContext,
): readonly ConsentEvent[] {
  return [
    { type: 'ConsentRefused', data: { ...refusal, clientId } },
    ...contradictedBy(refusal, record, context.now).flatMap((consent) => withdraw(consent, way, record, context)),
    ...clientDecides(refusal, record, context),
  ];
}

function withdraw(
  consent: Consent,
  way: WithdrawalWay,
  record: ConsentRecord,
  { now: withdrawnAt }: DecisionContext,
): readonly ConsentEvent[] {
  const { consentId, clientId } = consent;
  return [
    { type: 'ConsentWithdrawn', data: { consentId, clientId, ...scopeOf(consent), way, withdrawnAt } },
    ...requestSuspensions(consent, withdrawnAt, referralsUnder(record, consentId)),
  ];
}

/** Overrides that stood in for the client's own word about this recipient and purpose are over with it. */
const clientDecides = (decided: Scope, record: ConsentRecord, context: DecisionContext): readonly ConsentEvent[] =>
  suspendingUnder(
    standingIn(record, context.now)
      .filter((override) => isAbout(override, decided))
      .map(({ overrideId, clientId }) => ({
        type: 'OverrideEndedByClient',
        data: { overrideId, clientId, decidedAt: context.now },
      })),
    record,
    context,
  );

const endOfOverride: ReadonlySet<ConsentEvent['type']> = new Set([
  ...(['OverrideRevoked', 'OverrideEndedByClient', 'OverrideExpired'] as const),
]);

/** What went out under an override goes no further when that is over: it is suspended in the same append. */
const suspendingUnder = (
  overriding: readonly OverrideEvent[],
  record: ConsentRecord,
  { now }: DecisionContext,
): readonly ConsentEvent[] =>
  overriding.flatMap((event) => {
    const { overrideId: consentId, clientId } = event.data;
    const sent = endOfOverride.has(event.type) ? referralsUnder(record, consentId) : [];
    return [event, ...requestSuspensions({ consentId, clientId }, now, sent)];
  });

const requestSuspensions = (
  { consentId, clientId }: Pick<Consent, 'consentId' | 'clientId'>,
  withdrawnAt: Instant,
  referralIds: readonly string[],
): readonly ConsentEvent[] =>
  referralIds.length > 0
    ? [{ type: 'SuspensionsRequested', data: { consentId, clientId, referralIds, withdrawnAt } }]
    : [];

function requestAgain(
  { consentId, heardOf }: Extract<ConsentCommand, { type: 'RequestSuspensions' }>,
  record: ConsentRecord,
  { now }: DecisionContext,
): readonly ConsentEvent[] {
  const override = overrideOf(record, consentId);
  const { clientId, withdrawal } = override ? { ...override, withdrawal: undefined } : existing(record, consentId);
  const over = override !== undefined && !isOpen(override, now) ? now : withdrawal?.at;
  const endedAt = over ?? (isErased(record) ? record.erasure?.approval?.at : undefined);
  if (endedAt === undefined) return [];
  const missing = referralsUnder(record, consentId).filter((id) => !heardOf.includes(id));
  return requestSuspensions({ consentId, clientId }, endedAt, missing);
}

/** What was sent under any consent or override goes no further either once its client is erased: it is suspended in the same append. */
const withSuspensions = (
  erasing: readonly ConsentEvent[],
  record: ConsentRecord,
  { now }: DecisionContext,
): readonly ConsentEvent[] =>
  erasing.length === 0
    ? []
    : [
        ...erasing,
        ...record.consents
          .filter(({ withdrawal }) => withdrawal === undefined)
          .flatMap((consent) => requestSuspensions(consent, now, referralsUnder(record, consent.consentId))),
        ...record.overrides.flatMap(({ overrideId: consentId, clientId }) =>
          requestSuspensions({ consentId, clientId }, now, referralsUnder(record, consentId)),
        ),
      ];

function link(to: ClientLink, record: ConsentRecord, context: DecisionContext): readonly ConsentEvent[] {
  if (refusesLinks(record)) reject('erasure_under_way');
  return linked(to, record, context);
}

/** Who is linked has come again: what the retention rule asked for passes. */
const linked = (to: ClientLink, record: ConsentRecord, { now }: DecisionContext): readonly ConsentEvent[] => [
  ...lapse(pendingByRule(record), 'client_came_again', now),
  { type: 'ClientsLinked', data: to },
];

function answerLink(
  to: ClientLink,
  outcome: LinkOutcome,
  record: ConsentRecord,
  context: DecisionContext,
): readonly ConsentEvent[] {
  const answered: ConsentEvent = { type: 'ClientLinkAnswered', data: { ...to, outcome } };
  const news = outcome === 'linked' && !record.linked.includes(to.linkedClientId);
  return news ? [...linked(to, record, context), answered] : [answered];
}

function longestValidity(now: Instant): Instant {
  const end = new Date(now);
  end.setUTCMonth(end.getUTCMonth() + longestValidityInMonths);
  return end.toISOString();
}

function expire(consent: Consent, { now }: DecisionContext): readonly ConsentEvent[] {
  if (consent.withdrawal || consent.expired) return [];
  if (isBefore(now, consent.validUntil)) reject('clock_not_due');
  const { consentId, validUntil } = consent;
  return [{ type: 'ConsentExpired', data: { consentId, ...scopeOf(consent), validUntil } }];
}

/**
 * Decided on the client's own stream and appended at the very revision that was checked. A withdrawal is an event of the same
 * stream, so one of the two comes first: what was authorised before it may finish, nothing later succeeds.
 */
function authorize(
  disclosure: Disclosure,
  record: ConsentRecord,
  { now, eventIdAt }: DecisionContext,
): readonly ConsentEvent[] {
  const decision = coverage(record, disclosure, now);
  if (!decision.allowed)
    return reject('consent_missing', [{ type: 'DisclosureRefused', data: { ...disclosure, reason: decision.reason } }]);
  return [{ type: 'DisclosureRecorded', data: { ...disclosure, disclosureId: eventIdAt(0), ...decision.cites } }];
}

const existing = (record: ConsentRecord, consentId: string): Consent =>
  consentOf(record, consentId) ?? reject('consent_not_found');
