import { derivedId, type OperatorDecision, type PublishingOrder } from '@waymark/messaging';
import type { EventStore } from '@waymark/event-store';
import type { Clock } from './clock.js';
import type { RecordWithdrawal } from './ordered.js';

/** The category in which a service keeps what its operators decided. */
export const operationsOf = (service: string): string => `${service}_operations`;

/**
 * Appends what an operator decided about a dead letter to its stream in the service's operations. Ids and codes only: the log keeps
 * them in the clear. One letter is discarded once; of several who do so at once the first is recorded.
 */
export const recordDecision =
  (service: string, store: EventStore, clock: Clock) =>
  async (decision: OperatorDecision): Promise<void> => {
    const { orderId, letter, reason, operator } = decision;
    const missing = decision.kind === 'go_on' ? decision.missing : undefined;
    await store.append(`${operationsOf(service)}-${letter.id}`, 'any', [
      {
        id: missing
          ? derivedId('gap accepted', orderId, String(missing.from))
          : derivedId('message discarded', letter.id),
        type: missing ? 'SequenceGapAccepted' : 'MessageDiscarded',
        // The first version of an accepted gap did not say which numbers were given up.
        schemaVersion: missing ? 2 : 1,
        data: {
          deadLetterId: letter.id,
          consumer: letter.consumer,
          messageId: letter.messageId,
          messageType: letter.type,
          source: letter.source,
          subject: letter.subject,
          sequence: letter.sequence,
          ...(missing ? { missing } : {}),
          origin: letter.origin,
          becauseOf: letter.reason,
          reason,
        },
        metadata: {
          actor: { kind: 'operator', id: operator },
          correlationId: orderId,
          causationId: orderId,
          occurredAt: clock.now(),
        },
      },
    ]);
  };

/**
 * Appends who ordered that everything be published again, each order to a stream of its own in the service's operations. Ids and codes
 * only: the log keeps them in the clear. One order is recorded once, however often it is taken up.
 */
export const recordPublishingAgain =
  (service: string, store: EventStore, clock: Clock) =>
  async ({ id, service: relay, operator }: PublishingOrder): Promise<void> => {
    await store.append(`${operationsOf(service)}-${id}`, 'any', [
      {
        id: derivedId('publishing again ordered', id),
        type: 'PublishingAgainOrdered',
        schemaVersion: 1,
        data: { orderId: id, relay },
        metadata: {
          actor: { kind: 'operator', id: operator },
          correlationId: id,
          causationId: id,
          occurredAt: clock.now(),
        },
      },
    ]);
  };

/** Appends who took an order back, and why, to the order's stream in the service's operations, as of when it was done. Ids and codes only. */
export const recordWithdrawal =
  (service: string, store: EventStore): RecordWithdrawal =>
  async ({ orderId, operator: orderedBy, kind, about }, { by, because, at }) => {
    await store.append(`${operationsOf(service)}-${orderId}`, 'any', [
      {
        id: derivedId('order withdrawn', orderId),
        type: 'OrderWithdrawn',
        schemaVersion: 1,
        data: { orderId, kind, about, orderedBy, reason: because },
        metadata: {
          actor: { kind: 'operator', id: by },
          correlationId: orderId,
          causationId: orderId,
          occurredAt: at.toISOString(),
        },
      },
    ]);
  };
