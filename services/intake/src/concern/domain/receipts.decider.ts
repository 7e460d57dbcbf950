import type { DecisionContext } from '@waymark/event-sourcing';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { reject } from './concern.rejections.js';
import type { Concern } from './concern.state.js';
import { handledBy } from './handled-by.js';
import { holdsReporterReceipt, isOfClient } from './whose-receipt.js';

/** Where somebody else reported, or an officer entered the contact: whoever reported for themself has one that becomes the client's. */
export function issueClientReceipt(
  { receiptHash }: CommandOf<'IssueClientReceipt'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  handledBy(concern, context);
  const held = concern.receiptUpgraded || concern.receipts.some(({ scope }) => scope === 'client');
  if (held) reject('client_receipt_exists');
  if (concern.reporterId === concern.clientId && holdsReporterReceipt(concern)) reject('client_holds_reporter_receipt');
  return [{ type: 'ReceiptIssued', data: { scope: 'client', receiptHash } }];
}

/** The one that is in use opens nothing any more, and another does in its place: it is lost, or somebody else has seen it. */
export function replaceReceipt(
  { scope, reason, receiptHash }: CommandOf<'ReplaceReceipt'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  handledBy(concern, context);
  const inUse = concern.receipts.filter(({ withdrawn }) => !withdrawn);
  const replaced =
    inUse.find((receipt) => receipt.scope === scope) ??
    // What was issued to whoever reported, and has become the client's.
    (scope === 'client' ? inUse.find((receipt) => isOfClient(receipt.scope, concern)) : undefined);
  if (!replaced) return reject('receipt_missing');
  return [
    { type: 'ReceiptWithdrawn', data: { scope: replaced.scope, receiptHash: replaced.receiptHash, reason } },
    { type: 'ReceiptIssued', data: { scope: replaced.scope, receiptHash } },
  ];
}
