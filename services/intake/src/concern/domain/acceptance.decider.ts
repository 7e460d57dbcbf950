import type { DecisionContext } from '@waymark/event-sourcing';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import { clientOf, type Concern } from './concern.state.js';
import { handledBy } from './handled-by.js';
import { holdsReporterReceipt } from './whose-receipt.js';

export function accept(
  { shutOut }: CommandOf<'AcceptConcern'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  const officerId = handledBy(concern, context);
  if (concern.status === 'accepted') reject('concern_closed');
  if (concern.erased.includes('client')) reject('person_erased');
  if (!concern.firstResponse) reject('first_response_missing');
  if (!concern.triage) reject('triage_missing');
  const { decision } = concern.guidance.at(-1) ?? reject('guidance_missing');
  if (decision === 'declined' || decision === 'not_now') reject('person_declined');
  if (concern.link && concern.link.outcome === undefined) reject('link_not_settled');
  const accepted = { clientId: clientOf(concern), officerId, ...(shutOut.length > 0 ? { shutOut: [...shutOut] } : {}) };
  return [{ type: 'ConcernAccepted', data: accepted }];
}

/** Nothing follows for a concern that is not accepted, nor for a client who was erased in the meantime. */
export function requestCase(concern: Concern): readonly ConcernEvent[] {
  const { status, officerId, shutOut, erased } = concern;
  if (status !== 'accepted' || officerId === undefined || erased.includes('client')) return [];
  const requested = { clientId: clientOf(concern), officerId, ...(shutOut ? { shutOut: [...shutOut] } : {}) };
  return [{ type: 'CaseRequested', data: requested }];
}

/**
 * Whose it is is told by the ids: what the reporter told may be erased by now, and they want to see that it is. Also where an officer
 * has given out a client receipt: the reporter's own is not to open less for that.
 */
export function upgradeReceipt(caseId: string, concern: Concern): readonly ConcernEvent[] {
  if (!holdsReporterReceipt(concern) || concern.receiptUpgraded) return [];
  if (concern.reporterId !== concern.clientId) return [];
  return [{ type: 'ReceiptUpgraded', data: { scope: 'client', caseId } }];
}
