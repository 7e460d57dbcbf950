import type { LegalBasis } from '@waymark/contracts';
import { type DecisionContext, type Instant, isBefore, plusHours } from '@waymark/event-sourcing';
import { standingAgainst } from './client-no.js';
import { reject } from './consent-record.rejections.js';
import { type Erasing, isErased } from './erasure.state.js';
import type { OverrideCommand, OverrideRequest } from './override.commands.js';
import type { OverrideEvent } from './override.events.js';
import { isOpen, type Override, overrideOf, overrideStatusOf, type Overriding, standingIn } from './override.state.js';

/** An emergency is over in days; what the law obliges to goes on longer. */
const longestHours: Readonly<Record<LegalBasis, number>> = {
  vital_interest: 7 * 24,
  imminent_harm_to_others: 7 * 24,
  legal_obligation: 183 * 24,
};

/** Within this time after the approval the client is told, unless somebody says why not yet. */
const informWithinHours = 72;
const longestDelayHours = 30 * 24;

export function decideOverriding(
  command: OverrideCommand,
  state: Overriding & Erasing,
  context: DecisionContext,
): readonly OverrideEvent[] {
  if (command.type === 'EndOverrides') {
    if (isErased(state)) return [];
    return standingIn(state, context.now).flatMap(({ overrideId, clientId }) => {
      const ended = command.ended.find((each) => each.overrideId === overrideId);
      return ended ? [{ type: 'OverrideEndedByClient', data: { ...ended, clientId } }] : [];
    });
  }
  if (command.type === 'ExpireOverride') return expire(command.overrideId, state, context);
  if (isErased(state)) return reject('person_erased');
  if (command.type === 'RequestOverride') return request(command, state, context);
  const override = overrideOf(state, command.overrideId) ?? reject('override_not_found');
  switch (command.type) {
    case 'ApproveOverride':
      return approve(command, override, state, context);
    case 'DeclineOverride':
      return decline(command, override, context);
    case 'RevokeOverride':
      return revoke(command, override, context);
    case 'DelayInformingOfOverride':
      return delay(command, override, context);
    case 'InformClientOfOverride':
      return inform(command, override, context);
  }
}

/**
 * A vital interest stands in for who cannot be asked. Who was asked, and said no, has decided: against that only somebody who says why they
 * cannot be asked any more may ask, and whoever approves says the same.
 */
const needsReason = (asked: OverrideRequest, { nos }: Overriding, saidNoElsewhere: boolean): boolean =>
  asked.legalBasis === 'vital_interest' &&
  asked.cannotBeAsked === undefined &&
  (saidNoElsewhere || standingAgainst(nos, asked).length > 0);

function request(
  { clientId, request: asked, saidNoElsewhere }: Extract<OverrideCommand, { type: 'RequestOverride' }>,
  state: Overriding,
  { now, actor, eventIdAt }: DecisionContext,
): readonly OverrideEvent[] {
  if (!isWithin(now, asked.validUntil, longestHours[asked.legalBasis])) reject('invalid_override_validity');
  if (needsReason(asked, state, saidNoElsewhere)) reject('client_said_no');
  const { id: requestedBy } = actor;
  return [
    {
      type: 'OverrideRequested',
      data: { ...asked, overrideId: eventIdAt(0), clientId, requestedBy, requestedAt: now },
    },
  ];
}

/** By another person than the one who asked for it, while it can still hold. */
function approve(
  { saidNoElsewhere, requesterIsOut, cannotBeAsked }: Extract<OverrideCommand, { type: 'ApproveOverride' }>,
  override: Override,
  state: Overriding,
  { now, actor }: DecisionContext,
): readonly OverrideEvent[] {
  if (override.approval) reject('override_already_approved');
  if (override.requestedBy === actor.id) reject('approver_is_requester');
  if (overrideStatusOf(override, now) !== 'requested') reject('override_over');
  if (requesterIsOut) reject('requester_is_out');
  if (needsReason(override, state, saidNoElsewhere)) reject('client_said_no');
  if (override.cannotBeAsked !== cannotBeAsked) reject('cannot_be_asked_unconfirmed');
  const { overrideId, clientId } = override;
  const informBy = plusHours(now, informWithinHours);
  return [
    {
      type: 'OverrideApproved',
      data: {
        ...{ overrideId, clientId, approvedBy: actor.id, approvedAt: now, informBy },
        ...(cannotBeAsked === undefined ? {} : { cannotBeAsked }),
      },
    },
  ];
}

function decline(
  { reason }: Extract<OverrideCommand, { type: 'DeclineOverride' | 'RevokeOverride' }>,
  override: Override,
  { now, actor }: DecisionContext,
): readonly OverrideEvent[] {
  if (override.approval) reject('override_already_approved');
  if (override.requestedBy === actor.id) reject('approver_is_requester');
  if (overrideStatusOf(override, now) !== 'requested') reject('override_over');
  const { overrideId, clientId } = override;
  return [{ type: 'OverrideDeclined', data: { overrideId, clientId, reason, declinedBy: actor.id, declinedAt: now } }];
}

/** Also one that was not approved: whoever asked takes it back. One person is enough, since less is disclosed. */
function revoke(
  { reason }: Extract<OverrideCommand, { type: 'DeclineOverride' | 'RevokeOverride' }>,
  override: Override,
  { now, actor }: DecisionContext,
): readonly OverrideEvent[] {
  if (!isOpen(override, now)) reject('override_over');
  const { overrideId, clientId } = override;
  return [{ type: 'OverrideRevoked', data: { overrideId, clientId, reason, revokedBy: actor.id, revokedAt: now } }];
}

function expire(overrideId: string, state: Overriding, { now }: DecisionContext): readonly OverrideEvent[] {
  const { clientId, validUntil, ended, expired } = overrideOf(state, overrideId) ?? reject('override_not_found');
  if (ended || expired) return [];
  if (isBefore(now, validUntil)) reject('clock_not_due');
  return [{ type: 'OverrideExpired', data: { overrideId, clientId, validUntil } }];
}

function delay(
  { reason, informBy }: Extract<OverrideCommand, { type: 'DelayInformingOfOverride' }>,
  override: Override,
  { now, actor }: DecisionContext,
): readonly OverrideEvent[] {
  if (!override.approval) reject('override_not_approved');
  if (override.informed) reject('client_already_informed');
  if (!isWithin(now, informBy, longestDelayHours)) reject('invalid_delay');
  const { overrideId, clientId } = override;
  return [
    { type: 'InformingOfOverrideDelayed', data: { overrideId, clientId, reason, informBy, delayedBy: actor.id } },
  ];
}

/** Also before it is approved: whoever can be told beforehand should be. */
function inform(
  { way, informedAt }: Extract<OverrideCommand, { type: 'InformClientOfOverride' }>,
  override: Override,
  { now, actor }: DecisionContext,
): readonly OverrideEvent[] {
  if (override.informed) reject('client_already_informed');
  const at = informedAt ?? now;
  if (isBefore(now, at) || isBefore(at, override.requestedAt)) reject('invalid_informed_at');
  const { overrideId, clientId } = override;
  return [
    { type: 'ClientInformedOfOverride', data: { overrideId, clientId, way, informedAt: at, informedBy: actor.id } },
  ];
}

const isWithin = (now: Instant, end: Instant, hours: number): boolean =>
  isBefore(now, end) && !isBefore(plusHours(now, hours), end);
