import type { Concern } from './concern.state.js';
import type { ReceiptScope } from './receipt-codes.js';

/** Whoever reported has got a receipt; there is none where an officer entered the contact. */
export const holdsReporterReceipt = ({ receipts }: Concern): boolean =>
  receipts.some(({ scope }) => scope === 'reporter');

/** Whether anybody can read what an officer writes: with the receipt of whoever reported, the client's too where they are the same. */
export const canBeWrittenTo = ({ receipts, reporterId, clientId }: Concern): boolean =>
  receipts.some(({ scope }) => scope === 'reporter' || reporterId === clientId);

/**
 * Whether a receipt of this scope opens what is the client's. Where an officer had issued one to an affected reporter, which they no
 * longer can, the reporter's own was not upgraded once: it counts as upgraded since the concern was accepted.
 */
export const isOfClient = (scope: ReceiptScope, concern: Concern): boolean =>
  scope === 'client' || concern.receiptUpgraded || wasPassedOver(concern);

const wasPassedOver = ({ status, clientId, reporterId, receipts }: Concern): boolean =>
  status === 'accepted' && reporterId === clientId && receipts.some(({ scope }) => scope === 'client');
