import { hashRaw } from '@node-rs/argon2';
import { deriveSecret } from '../keys/derive-secret.js';
import { Lane } from './lane.js';

/** OWASP Password Storage Cheat Sheet, the minimum for Argon2id: 19 MiB, two passes, one lane. The library's default is Argon2id. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const SALT_BYTES = 16;

/** `submit`: a receipt is being issued. `guess`: somebody shows one, rightly or wrongly. */
export type ReceiptLane = 'submit' | 'guess';

export interface ReceiptHasher {
  /**
   * Lower-case hex of 32 bytes, the same for the same receipt under the same pepper. Takes some 20 ms of a processor and 19 MiB.
   * Only the `guess` lane refuses, with a `LaneFullError`, when too many wait.
   */
  hash(receipt: string, lane: ReceiptLane): Promise<string>;
}

/**
 * Hashes receipts for storage and look-up: HMAC-SHA-256 under the deployment's pepper, then Argon2id.
 *
 * The salt is fixed (it follows from the pepper), because a receipt comes alone: there is no account name by which to find a salt
 * first, so the hash itself is what the index is searched for. A salt for each entry protects passwords, which people choose alike
 * and use again; receipts are drawn uniformly from 10^16 (53 bits) and are equal only by chance. Who steals the table without the
 * pepper can try nothing. With the pepper as well, each run of Argon2id tries one receipt against all entries at once: among a
 * million entries the first hit is to be expected after 10^10 runs, a given one after 5·10^15.
 *
 * Two lanes with bounded width keep the memory bounded, and guessing does not delay those who submit. Showing a receipt that exists
 * takes the same lane and the same work as showing one that does not.
 */
export function createReceiptHasher(options: {
  /** At least 32 bytes, kept outside the database, never changed while receipts live. */
  readonly pepper: string | Uint8Array;
  readonly width?: Readonly<Record<ReceiptLane, number>>;
  /** How many guesses may wait before further ones are refused. */
  readonly maximumWaitingGuesses?: number;
}): ReceiptHasher {
  const { pepper, width = { submit: 2, guess: 1 }, maximumWaitingGuesses = 100 } = options;
  const salt = deriveSecret({ secret: pepper, label: 'waymark.receipt-salt.v1', input: '' }).subarray(0, SALT_BYTES);
  const lanes: Readonly<Record<ReceiptLane, Lane>> = {
    submit: new Lane('submit', width.submit, Number.POSITIVE_INFINITY),
    guess: new Lane('guess', width.guess, maximumWaitingGuesses),
  };
  return {
    hash: async (receipt, lane) => {
      const peppered = deriveSecret({ secret: pepper, label: 'waymark.receipt-hash.v1', input: receipt }).toString(
        'hex',
      );
      const raw = await lanes[lane].run(() => hashRaw(peppered, { ...ARGON2ID, salt }));
      return raw.toString('hex');
    },
  };
}
