import { createReceiptHasher, type HashReceipt, type ReceiptHasher } from '@waymark/privacy';
import type { Secrets } from '@waymark/service-kit';

/** Slow hashes of receipts under the deployment's pepper. */
export class ReceiptHashes {
  private readonly hasher: ReceiptHasher;

  constructor(secrets: Secrets) {
    this.hasher = createReceiptHasher({ pepper: secrets.of('receipt-pepper') });
  }

  /** Of a receipt that is being issued. */
  hash(receipt: string): Promise<string> {
    return this.hasher.hash(receipt);
  }

  /** Of a receipt that somebody shows, when it is the turn of where they come from. */
  shown<Result>(source: string, receipt: string, attempt: (hash: HashReceipt) => Promise<Result>): Promise<Result> {
    return this.hasher.shown(source, receipt, attempt);
  }
}
