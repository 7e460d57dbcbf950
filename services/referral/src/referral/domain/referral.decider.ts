import {
  type DataCategory,
  endedReferralStatuses,
  type ReferralStatus,
  type Urgency,
  type WithdrawalOutcome,
} from '@waymark/contracts';
import { type Decider, type DecisionContext, plusHours } from '@waymark/event-sourcing';
import { categoriesOf } from './package.js';
import type { ReferralCommand } from './referral.commands.js';
import type { Move, ReferralEvent } from './referral.events.js';
import { reject } from './referral.rejections.js';
import {
  allowanceOf,
  allowedBy,
  evolve,
  isOver,
  noReferral,
  type Referral,
  type ReferralState,
  type Sending,
} from './referral.state.js';

type CommandOf<Type extends ReferralCommand['type']> = Extract<ReferralCommand, { type: Type }>;

const acknowledgeWithinHours: Readonly<Record<Urgency, number>> = { urgent: 24, routine: 72 };

/** With the unit, and not at an end: what a withdrawal suspends, and what can be opened. */
export const liveStatuses: readonly ReferralStatus[] = ['sent', 'acknowledged', 'accepted', 'in_service'];

export const referralDecider: Decider<ReferralState, ReferralCommand, ReferralEvent> = {
  initialState: noReferral,
  evolve,
  decide(command, state, context) {
    if (command.type === 'DraftReferral') return draft(command, state, context);
    return decideExisting(command, state.status === 'none' ? reject('referral_not_found') : state, context);
  },
};

function decideExisting(
  command: Exclude<ReferralCommand, { type: 'DraftReferral' }>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  switch (command.type) {
    case 'SendReferral':
      return send(command, referral, context);
    case 'OpenPackage':
      return open(command, referral, context);
    case 'AcknowledgeReferral':
      return acknowledge(referral, context);
    case 'AcceptReferral':
      undecided(referral, context);
      return [{ type: 'ReferralAccepted', data: { ...move(referral, context), acceptedBy: context.actor.id } }];
    case 'DeclineReferral':
      undecided(referral, context);
      return [
        {
          type: 'ReferralDeclined',
          data: { ...move(referral, context), declinedBy: context.actor.id, reason: command.reason },
        },
      ];
    case 'ApplyWithdrawal':
      return applyWithdrawal(command, referral, context);
    case 'BeginService':
      if (underWay(referral, context) === 'in_service') reject('service_already_begun');
      return [{ type: 'ReferralServiceBegun', data: { ...move(referral, context), begunBy: context.actor.id } }];
    case 'CompleteReferral':
      return complete(command, referral, context);
    case 'CorrectOutcome':
      return correctOutcome(command, referral, context);
    case 'RecordNonAttendance':
      underWay(referral, context);
      return [{ type: 'ReferralNotAttended', data: { ...move(referral, context), recordedBy: context.actor.id } }];
    case 'RevokeReferral':
      notEnded(referral);
      return [{ type: 'ReferralRevoked', data: { ...move(referral, context), revokedBy: context.actor.id } }];
    case 'RecordClientDecline':
      notEnded(referral);
      return [{ type: 'ReferralDeclinedByClient', data: { ...move(referral, context), recordedBy: context.actor.id } }];
    case 'AcknowledgeSuspension':
      return acknowledgeSuspension(referral, context);
  }
}

function draft(
  { type: _type, ...referral }: CommandOf<'DraftReferral'>,
  state: ReferralState,
  { now, actor }: DecisionContext,
): readonly ReferralEvent[] {
  if (state.status !== 'none') reject('referral_exists');
  const categories = categoriesOf(referral.package);
  if (categories.length === 0) reject('invalid_package');
  return [{ type: 'ReferralDrafted', data: { ...referral, categories, draftedBy: actor.id, movedAt: now } }];
}

/**
 * No referral without consent: what goes out names the consent and the disclosure that allowed it; without them the attempt is
 * recorded and refused.
 */
function send(
  { categories: chosen, consent }: CommandOf<'SendReferral'>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  const categories = categoriesToSend(referral, chosen);
  const attempt = { ...move(referral, context), purpose: referral.purpose, categories };
  if (consent.kind === 'missing' || isOver(referral, consent))
    return reject('consent_missing', [
      { type: 'ReferralBlocked', data: { ...attempt, attemptedBy: context.actor.id } },
    ]);
  const acknowledgeBy = plusHours(context.now, acknowledgeWithinHours[referral.urgency]);
  return [
    {
      type: 'ReferralSent',
      data: { ...attempt, ...allowanceOf(consent), acknowledgeBy, sentBy: context.actor.id },
    },
  ];
}

/** What would go out now: consent is asked for exactly this. Rejects what has been sent, and what was not drafted. */
export function categoriesToSend(referral: Referral, chosen?: readonly DataCategory[]): readonly DataCategory[] {
  if (referral.status !== 'drafted' && referral.status !== 'blocked_no_consent') reject('referral_already_sent');
  if (!chosen) return referral.categories;
  if (!chosen.every((category) => referral.categories.includes(category))) reject('invalid_categories');
  return referral.categories.filter((category) => chosen.includes(category));
}

/** Each opening is its own disclosure, authorised at its own moment. */
function open(
  { allowance }: CommandOf<'OpenPackage'>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  const { categories } = openable(referral, context.actor);
  const { clientId, unit, purpose } = referral;
  const openedBy = context.actor.id;
  return [
    {
      type: 'ReferralPackageOpened',
      data: { clientId, unit, purpose, categories, ...allowanceOf(allowance), openedBy },
    },
  ];
}

/** What was sent, while it is live: there is nothing to open before, nor after suspension or an end. */
export function openable(referral: Referral, actor: DecisionContext['actor']): Sending {
  const sending = received(referral, actor);
  stillLive(referral);
  return sending;
}

function acknowledge(referral: Referral, context: DecisionContext): readonly ReferralEvent[] {
  received(referral, context.actor);
  stillLive(referral);
  if (referral.status !== 'sent') reject('referral_already_acknowledged');
  return [{ type: 'ReferralAcknowledged', data: { ...move(referral, context), acknowledgedBy: context.actor.id } }];
}

function undecided(referral: Referral, context: DecisionContext): void {
  received(referral, context.actor);
  if (referral.status === 'declined') reject('referral_already_decided');
  stillLive(referral);
  if (referral.status === 'sent') reject('referral_not_acknowledged');
  if (referral.status !== 'acknowledged') reject('referral_already_decided');
}

/** Also without a service that has begun: the client may have found it elsewhere, or nothing came of it. */
function complete(
  { outcome }: CommandOf<'CompleteReferral'>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  underWay(referral, context);
  return [{ type: 'ReferralCompleted', data: { ...move(referral, context), outcome, completedBy: context.actor.id } }];
}

function correctOutcome(
  { outcome }: CommandOf<'CorrectOutcome'>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  received(referral, context.actor);
  const previousOutcome = referral.outcome ?? reject('referral_not_completed');
  if (outcome === previousOutcome) reject('outcome_unchanged');
  const corrected = { outcome, previousOutcome, correctedBy: context.actor.id };
  return [{ type: 'ReferralOutcomeCorrected', data: { ...move(referral, context), ...corrected } }];
}

/** What the unit has accepted and not brought to its end. */
function underWay(referral: Referral, { actor }: DecisionContext): ReferralStatus {
  received(referral, actor);
  stillLive(referral);
  if (referral.status !== 'accepted' && referral.status !== 'in_service') reject('referral_not_accepted');
  return referral.status;
}

// What is live is suspended and its unit told, once; what the end meant is said each time, because an answer may be lost.
// What was authorised but not sent yet cannot be sent under the same consent or override afterwards.
function applyWithdrawal(
  { consentId, withdrawnAt }: CommandOf<'ApplyWithdrawal'>,
  referral: Referral,
  context: DecisionContext,
): readonly ReferralEvent[] {
  const { clientId, unit, status, sending } = referral;
  const applied = (outcome: WithdrawalOutcome): ReferralEvent => ({
    type: 'WithdrawalApplied',
    data: { clientId, consentId, outcome },
  });
  if (!sending || allowedBy(sending) !== consentId) return [applied('not_sent')];
  if (status === 'suspended_consent_withdrawn') return [applied('suspended')];
  if (!liveStatuses.includes(status)) return [applied('ended')];
  return [
    { type: 'ReferralSuspended', data: { ...move(referral, context), consentId, withdrawnAt } },
    { type: 'RecipientInformed', data: { clientId, unit, about: 'consent_withdrawn', consentId } },
    applied('suspended'),
  ];
}

function acknowledgeSuspension(referral: Referral, { actor }: DecisionContext): readonly ReferralEvent[] {
  received(referral, actor);
  if (referral.status !== 'suspended_consent_withdrawn') reject('referral_not_suspended');
  if (referral.suspension?.acknowledged) reject('suspension_already_acknowledged');
  const { clientId, unit } = referral;
  return [{ type: 'SuspensionAcknowledged', data: { clientId, unit, acknowledgedBy: actor.id } }];
}

/** For a unit only those referrals exist that were sent to it. */
export function received(referral: Referral, { unit }: { readonly unit?: string }): Sending {
  if (!referral.sending || unit !== referral.unit) return reject('referral_not_found');
  return referral.sending;
}

function stillLive({ status }: Referral): void {
  if (status === 'suspended_consent_withdrawn') reject('referral_suspended');
  if (!liveStatuses.includes(status)) reject('referral_closed');
}

/** The desk may end what has not ended, sent or not, suspended or not. */
function notEnded({ status }: Referral): void {
  if (endedReferralStatuses.includes(status)) reject('referral_closed');
}

const move = ({ caseId, clientId, unit, service }: Referral, { now }: DecisionContext): Move => ({
  caseId,
  clientId,
  unit,
  service,
  movedAt: now,
});
