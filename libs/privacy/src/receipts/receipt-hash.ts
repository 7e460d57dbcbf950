import { hashRaw } from '@node-rs/argon2';
import { deriveSecret } from '../keys/derive-secret.js';
import { Lane } from './lane.js';

/** OWASP Password Storage Cheat Sheet, the minimum for Argon2id: 19 MiB, two passes, one lane. The library's default is Argon2id. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const SALT_BYTES = 16;

export interface ReceiptHasher {
  /**
   * For a receipt that is being issued. Lower-case hex of 32 bytes, the same for the same receipt under the same pepper. Takes some
   * 20 ms of a processor and 19 MiB. Waits for its turn behind other receipts that are issued, and is never refused.
   */
  hash(receipt: string): Promise<string>;
  /**
   * For somebody who shows a receipt, rightly or wrongly. When it is the turn of `source`, calls `attempt`, which may look again
   * whether the source is still welcome, hash once, and count the outcome; the next attempt of the lane begins when it has ended.
   * Rejects with a `LaneFullError` when too many wait.
   */
  shown<Result>(source: string, receipt: string, attempt: (hash: HashReceipt) => Promise<Result>): Promise<Result>;
}

export type HashReceipt = () => Promise<string>;

/**
 * Hashes receipts for storage and look-up: HMAC-SHA-256 under the deployment's pepper, then Argon2id.
 *
 * The salt is fixed (it follows from the pepper), because a receipt comes alone: there is no account name by which to find a salt
 * first, so the hash itself is what the index is searched for. A salt for each entry protects passwords, which people choose alike
 * and use again; receipts are drawn uniformly from 10^16 (53 bits) and are equal only by chance. Who steals the table without the
 * pepper can try nothing. With the pepper as well, each run of Argon2id tries one receipt against all entries at once: among a
 * million entries the first hit is to be expected after 10^10 runs, a given one after 5·10^15.
 *
 * Two lanes with bounded width keep the memory bounded, and guessing does not delay those who submit. Among those who show a
 * receipt the sources take turns, so guessing does not delay people from elsewhere who come back. Showing a receipt that exists
 * takes the same lane and the same work as showing one that does not.
 */
export function createReceiptHasher(options: {
  /** At least 32 bytes, kept outside the database, never changed while receipts live. */
  readonly pepper: string | Uint8Array;
  /** How many receipts are hashed at once: of those being issued, and of those shown. */
  readonly width?: { readonly issued: number; readonly shown: number };
  /** How many may wait with a receipt that they show before some are refused. */
  readonly maximumWaiting?: number;
}): ReceiptHasher {
  const { pepper, width = { issued: 2, shown: 1 }, maximumWaiting = 2000 } = options;
  const salt = deriveSecret({ secret: pepper, label: 'waymark.receipt-salt.v1', input: '' }).subarray(0, SALT_BYTES);
  const issued = new Lane('issued receipts', width.issued, Number.POSITIVE_INFINITY);
  const shown = new Lane('shown receipts', width.shown, maximumWaiting);
  const slowHash = async (receipt: string): Promise<string> => {
    const peppered = deriveSecret({ secret: pepper, label: 'waymark.receipt-hash.v1', input: receipt }).toString('hex');
    return (await hashRaw(peppered, { ...ARGON2ID, salt })).toString('hex');
  };
  return {
    hash: (receipt) => issued.run('', () => slowHash(receipt)),
    shown: (source, receipt, attempt) => shown.run(source, () => attempt(() => slowHash(receipt))),
  };
}
