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

/** Numbers of a key whose messages have not come, the first and the last of them. */
export interface MissingNumbers {
  readonly from: number;
  readonly to: number;
}

/** A decision that takes something away from the course of messages, and so belongs into the log. */
export type OperatorDecision = {
  readonly orderId: string;
  readonly letter: DeadLetter;
  readonly reason: OperatorReason;
  readonly operator: string;
} & (
  | { readonly kind: 'discard' }
  /** `missing`: what is given up, of the letter's key and directly before it. */
  | { readonly kind: 'go_on'; readonly missing: MissingNumbers }
);
