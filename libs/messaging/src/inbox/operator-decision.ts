import type { DeadLetter } from './dead-letters.js';

/** Why an operator discards a message or gives up one that is missing. A closed list: the log keeps it in the clear for ever. */
export const operatorReasons = [
  'malformed',
  'duplicate',
  'superseded',
  'handled_by_hand',
  'lost_for_good',
  'not_for_us',
] as const;
export type OperatorReason = (typeof operatorReasons)[number];

/** A decision that takes something away from the course of messages, and so belongs into the log. */
export interface OperatorDecision {
  readonly kind: 'go_on' | 'discard';
  readonly orderId: string;
  readonly letter: DeadLetter;
  readonly reason: OperatorReason;
  readonly operator: string;
}
