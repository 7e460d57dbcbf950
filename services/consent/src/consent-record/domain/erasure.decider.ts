import type { ErasureLapse } from '@waymark/contracts';
import { type DecisionContext, isBefore, plusMilliseconds } from '@waymark/event-sourcing';
import { reject } from './consent-record.rejections.js';
import type { ErasureCommand } from './erasure.commands.js';
import type { ErasedContext, ErasureEvent } from './erasure.events.js';
import {
  type Erasing,
  type Erasure,
  evolveErasing,
  isErased,
  pendingByRule,
  pendingRequest,
  unansweredOf,
} from './erasure.state.js';

/** How long the contexts may take to answer, until that is an alarm. */
export const patienceHours = 24;

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
    case 'ResumeRetention':
      return lapse(pendingByRule(state), 'client_came_again', context.now);
    case 'WithdrawErasureRequest': {
      const { erasureId, clientId } = undecided(state);
      const withdrawn = { erasureId, clientId, way: command.way, withdrawnBy: context.actor.id };
      return [{ type: 'ErasureRequestWithdrawn', data: { ...withdrawn, withdrawnAt: context.now } }];
    }
    case 'DeclineErasure': {
      const { erasureId, clientId, requestedBy } = undecided(state);
      if (requestedBy === context.actor.id) reject('approver_is_requester');
      const declined = { erasureId, clientId, reason: command.reason, declinedBy: context.actor.id };
      return [{ type: 'ErasureDeclined', data: { ...declined, declinedAt: context.now } }];
    }
    case 'PlaceLegalHold': {
      if (isErased(state)) reject('person_erased');
      const { clientId, basis, holdId = context.eventIdAt(0) } = command;
      const hold = { holdId, clientId, basis, placedBy: context.actor.id, placedAt: context.now };
      return [{ type: 'LegalHoldPlaced', data: hold }];
    }
    case 'LiftLegalHold': {
      const { holdId } = state.holds.find((hold) => hold.holdId === command.holdId) ?? reject('legal_hold_not_found');
      const { clientId = '' } = state;
      return [
        { type: 'LegalHoldLifted', data: { holdId, clientId, liftedBy: context.actor.id, liftedAt: context.now } },
      ];
    }
    case 'AdmitReporterErasure':
      return admit(command, state, context);
    case 'ApproveErasure':
      return approve(command.cameAgain, state, context);
    case 'EraseAlong':
      return eraseAlong(command, state, context);
    case 'DemandErasure':
      return demand(command.erasureId, state, context);
    case 'ConfirmErasure':
      return confirm(command.erased, command.erasureId, state, context);
  }
}

function request(
  { clientId, ground, way, ofConcern }: Extract<ErasureCommand, { type: 'RequestErasure' }>,
  state: Erasing,
  { now, actor, eventIdAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (isErased(state)) reject('person_erased');
  if (pendingRequest(state)) reject('erasure_already_requested');
  const reporterOf = ofConcern ?? state.erasure?.reporterOf;
  const asked = {
    ...{ erasureId: eventIdAt(0), clientId, ground },
    ...(way === undefined ? {} : { way }),
    ...(reporterOf === undefined ? {} : { reporterOf }),
  };
  return [{ type: 'ErasureRequested', data: { ...asked, requestedBy: actor.id, requestedAt: now } }];
}

/** In the name of whoever asked intake, so that another person approves. */
function requestForConcern(
  { personId, way, requestedBy, reporterOf }: Extract<ErasureCommand, { type: 'RequestErasureForConcern' }>,
  state: Erasing,
  { now, eventIdAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (pendingRequest(state) || isErased(state)) return [];
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

/** The request, where nobody has decided about it. */
function undecided(state: Erasing): Erasure {
  if (isErased(state)) reject('person_erased');
  return pendingRequest(state) ?? reject('erasure_not_found');
}

/** The end of a request that waits, if there is one. */
export function lapse(
  pending: Erasure | undefined,
  because: ErasureLapse,
  lapsedAt: string,
): readonly Extract<ErasureEvent, { type: 'ErasureRequestLapsed' }>[] {
  if (!pending) return [];
  const { erasureId, clientId } = pending;
  return [{ type: 'ErasureRequestLapsed', data: { erasureId, clientId, because, lapsedAt } }];
}

/**
 * Never while the client is held: what their reporter told is evidence. Once for each erasure, since a hold that comes later is placed on
 * the reporter too. An erased client cannot be held any more.
 */
function admit(
  { clientId, reporterId, erasureId }: Extract<ErasureCommand, { type: 'AdmitReporterErasure' }>,
  state: Erasing,
  { now: admittedAt }: DecisionContext,
): readonly ErasureEvent[] {
  if (isErased(state)) return [];
  if (state.holds.length > 0) reject('legal_hold_stands');
  if (state.admitted.some((each) => each.erasureId === erasureId)) return [];
  return [{ type: 'ReporterErasureAdmitted', data: { clientId, reporterId, erasureId, admittedAt } }];
}

/** The request, where this person may approve it as far as the record itself tells. */
export function approvable(state: Erasing, approver: string): Erasure {
  const asked = undecided(state);
  if (state.holds.length > 0) reject('legal_hold_stands');
  if (asked.requestedBy === approver) reject('approver_is_requester');
  return asked;
}

/**
 * By another person than the one who asked for it or wrote the request down; never while somebody must keep the texts, nor for a rule
 * after the person has come again.
 */
function approve(cameAgain: boolean, state: Erasing, { now, actor }: DecisionContext): readonly ErasureEvent[] {
  const { erasureId, clientId, cameAgain: sinceTheRequest } = approvable(state, actor.id);
  const byRule = pendingByRule(state);
  if (byRule && (cameAgain || sinceTheRequest))
    reject('erasure_no_longer_due', lapse(byRule, 'client_came_again', now));
  const answersDueAt = plusMilliseconds(now, patienceHours * 3_600_000);
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
  const own = lapse(pendingRequest(state), 'erased_by_another_id', now);
  const erasureId = eventIdAt(own.length);
  const answersDueAt = plusMilliseconds(now, patienceHours * 3_600_000);
  return [
    ...own,
    { type: 'ErasureRequested', data: { erasureId, clientId, ...asked, requestedAt: now } },
    { type: 'ErasureApproved', data: { erasureId, clientId, approvedBy, approvedAt: now, answersDueAt } },
  ];
}

function demand(erasureId: string, state: Erasing, { now: demandedAt }: DecisionContext): readonly ErasureEvent[] {
  const { erasure } = state;
  if (erasure?.erasureId !== erasureId || !erasure.approval) return reject('erasure_not_found');
  const missing = unansweredOf(erasure);
  if (missing.length === 0) return [];
  const { clientId, approval } = erasure;
  return [{ type: 'ErasureDemanded', data: { erasureId, clientId, approvedAt: approval.at, missing, demandedAt } }];
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
  const complete = after !== undefined && unansweredOf(after).length === 0;
  return complete ? [answered, certificate(after, erasure.approval.by, now)] : [answered];
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
