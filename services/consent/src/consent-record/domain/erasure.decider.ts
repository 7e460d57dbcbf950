import { sealingContexts } from '@waymark/contracts';
import { type DecisionContext, isBefore, plusMilliseconds } from '@waymark/event-sourcing';
import { reject } from './consent-record.rejections.js';
import type { ErasureCommand } from './erasure.commands.js';
import type { ErasedContext, ErasureEvent } from './erasure.events.js';
import { type Erasing, type Erasure, evolveErasing, isErased } from './erasure.state.js';

/** How long the contexts may take to answer, until that is an alarm. */
const patience = 24 * 3_600_000;

export function decideErasing(
  command: ErasureCommand,
  state: Erasing & { readonly clientId?: string },
  context: DecisionContext,
): readonly ErasureEvent[] {
  switch (command.type) {
    case 'RequestErasure':
      return request(command, state, context);
    case 'RequestErasureForConcern':
      return requestForConcern(command, state, context);
    case 'PlaceLegalHold': {
      if (isErased(state)) reject('person_erased');
      const { clientId, basis } = command;
      const hold = { holdId: context.eventIdAt(0), clientId, basis, placedBy: context.actor.id, placedAt: context.now };
      return [{ type: 'LegalHoldPlaced', data: hold }];
    }
    case 'LiftLegalHold': {
      const { holdId } = state.holds.find((hold) => hold.holdId === command.holdId) ?? reject('legal_hold_not_found');
      const { clientId = '' } = state;
      return [
        { type: 'LegalHoldLifted', data: { holdId, clientId, liftedBy: context.actor.id, liftedAt: context.now } },
      ];
    }
    case 'ApproveErasure':
      return approve(state, context);
    case 'EraseAlong':
      return eraseAlong(command, state, context);
    case 'ConfirmErasure':
      return confirm(command.erased, command.erasureId, state, context);
  }
}

function request(
  { clientId, ground, way }: Extract<ErasureCommand, { type: 'RequestErasure' }>,
  state: Erasing,
  { now, actor, eventIdAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (isErased(state)) reject('person_erased');
  if (state.erasure) reject('erasure_already_requested');
  const asked = { erasureId: eventIdAt(0), clientId, ground, ...(way === undefined ? {} : { way }) };
  return [{ type: 'ErasureRequested', data: { ...asked, requestedBy: actor.id, requestedAt: now } }];
}

/** In the name of whoever asked intake, so that another person approves. */
function requestForConcern(
  { personId, way, requestedBy, reporterOf }: Extract<ErasureCommand, { type: 'RequestErasureForConcern' }>,
  state: Erasing,
  { now, eventIdAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (state.erasure) return [];
  const asked = way === undefined ? { ground: 'retention' as const } : { ground: 'reporter_request' as const, way };
  const requested = {
    erasureId: eventIdAt(0),
    clientId: personId,
    ...asked,
    requestedBy,
    requestedAt: now,
    reporterOf,
  };
  return [{ type: 'ErasureRequested', data: requested }];
}

/** By another person than the one who asked for it or wrote the request down; never while somebody must keep the texts. */
function approve(state: Erasing, { now, actor }: DecisionContext): readonly ErasureEvent[] {
  const { erasure } = state;
  if (!erasure) return reject('erasure_not_found');
  if (isErased(state)) reject('person_erased');
  if (state.holds.length > 0) reject('legal_hold_stands');
  if (erasure.requestedBy === actor.id) reject('approver_is_requester');
  const { erasureId, clientId } = erasure;
  const answersDueAt = plusMilliseconds(now, patience);
  return [
    { type: 'ErasureApproved', data: { erasureId, clientId, approvedBy: actor.id, approvedAt: now, answersDueAt } },
  ];
}

/** Asked for and approved as it was for the other id. A legal hold on either stands against both. */
function eraseAlong(
  { clientId, with: other }: Extract<ErasureCommand, { type: 'EraseAlong' }>,
  state: Erasing,
  { now, eventIdAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (isErased(state)) return [];
  if (state.holds.length > 0) reject('legal_hold_stands');
  const { approvedBy, ...asked } = other;
  const erasureId = eventIdAt(0);
  const answersDueAt = plusMilliseconds(now, patience);
  return [
    { type: 'ErasureRequested', data: { erasureId, clientId, ...asked, requestedAt: now } },
    { type: 'ErasureApproved', data: { erasureId, clientId, approvedBy, approvedAt: now, answersDueAt } },
  ];
}

/** The certificate follows when the last context has answered. A context that answers twice has answered once. */
function confirm(
  erased: ErasedContext,
  erasureId: string,
  state: Erasing,
  { now }: DecisionContext,
): readonly ErasureEvent[] {
  const { erasure } = state;
  if (erasure?.erasureId !== erasureId || !erasure.approval) return reject('erasure_not_found');
  if (erasure.contexts.some(({ context }) => context === erased.context)) return [];
  const { clientId } = erasure;
  const answered: ErasureEvent = { type: 'ContextErased', data: { erasureId, clientId, erased } };
  const after = evolveErasing(state, answered).erasure;
  const complete = sealingContexts.every((context) => after?.contexts.some((each) => each.context === context));
  return after && complete ? [answered, certificate(after, erasure.approval.by, now)] : [answered];
}

function certificate(erasure: Erasure, approvedBy: string, completedAt: string): ErasureEvent {
  const { erasureId, clientId, ground, way, requestedBy, contexts } = erasure;
  const lastBackupExpiresAt = contexts
    .map(({ backupsExpireAt }) => backupsExpireAt)
    .reduce((last, each) => (isBefore(last, each) ? each : last));
  const asked = { erasureId, clientId, ground, ...(way === undefined ? {} : { way }), requestedBy };
  return {
    type: 'ErasureCompleted',
    data: { ...asked, approvedBy, contexts: [...contexts], completedAt, lastBackupExpiresAt },
  };
}
