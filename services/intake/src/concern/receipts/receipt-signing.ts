import { createPrivateKey } from 'node:crypto';
import { createReceiptSessions } from '@waymark/access';
import type { Clock, Secrets } from '@waymark/service-kit';

export type ReceiptSessions = ReturnType<typeof createReceiptSessions>;
export const RECEIPT_SESSIONS = Symbol('receipt sessions');

const ed25519Pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Sessions opened with a receipt, signed with an Ed25519 key (RFC 8410) that follows from the service's secret. */
export function receiptSessions(secrets: Secrets, issuer: string, clock: Clock): ReceiptSessions {
  const der = Buffer.concat([ed25519Pkcs8, secrets.of('receipt-signing')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  return createReceiptSessions({ privateKey: String(privateKey), issuer, lifetimeSeconds: 15 * 60, clock });
}
