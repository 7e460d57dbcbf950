import { createReceiptHasher, type ReceiptHasher } from '@waymark/privacy';
import type { Secrets } from '@waymark/service-kit';

/** Slow hashes of receipts under the deployment's pepper. */
export class ReceiptHashes {
  private readonly hasher: ReceiptHasher;

  constructor(secrets: Secrets) {
    this.hasher = createReceiptHasher({ pepper: secrets.of('receipt-pepper') });
  }

  hash(receipt: string, lane: 'submit' | 'guess'): Promise<string> {
    return this.hasher.hash(receipt, lane);
  }
}
