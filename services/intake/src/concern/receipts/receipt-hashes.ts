import { createReceiptHasher, type HashReceipt, receiptFrom, type ReceiptHasher } from '@waymark/privacy';
import type { Secrets } from '@waymark/service-kit';

/** Receipts as they are issued, and slow hashes of them under the deployment's pepper. */
export class ReceiptHashes {
  private readonly hasher: ReceiptHasher;

  constructor(private readonly secrets: Secrets) {
    this.hasher = createReceiptHasher({ pepper: secrets.of('receipt-pepper') });
  }

  /** The receipt that follows from a command's key and from whom it is asked by, so that a retry gets the same one; with its hash. */
  async issue(
    idempotencyKey: string,
    principal: string,
  ): Promise<{ readonly receipt: string; readonly receiptHash: string }> {
    const receipt = receiptFrom({ secret: this.secrets.of('receipts'), idempotencyKey, principal });
    return { receipt, receiptHash: await this.hasher.hash(receipt) };
  }

  /** Of a receipt that somebody shows, when it is the turn of where they come from. */
  shown<Result>(source: string, receipt: string, attempt: (hash: HashReceipt) => Promise<Result>): Promise<Result> {
    return this.hasher.shown(source, receipt, attempt);
  }
}
