import { createHmac } from 'node:crypto';

/** Length of every secret that other secrets are derived from, at least. */
const MINIMUM_SECRET_BYTES = 32;

/**
 * 32 bytes that follow from `secret` and `input` and tell nothing of either (HMAC-SHA-256). Each `label` has a key of its own, so
 * one secret can serve receipts, idempotent ids and more without one use revealing another.
 * Throws a `TypeError` when the secret is shorter than 32 bytes.
 */
export function deriveSecret(from: {
  readonly secret: string | Uint8Array;
  readonly label: string;
  readonly input: string | Uint8Array;
}): Buffer {
  if (Buffer.byteLength(from.secret) < MINIMUM_SECRET_BYTES) {
    throw new TypeError(`a secret to derive "${from.label}" from needs at least ${MINIMUM_SECRET_BYTES} bytes`);
  }
  const key = createHmac('sha256', from.secret).update(from.label, 'utf8').digest();
  return createHmac('sha256', key).update(from.input).digest();
}

/** As `deriveSecret`, half of it, in 32 hexadecimal digits: a mark by which whoever has the secret recognises the input. */
export const deriveMark = (from: Parameters<typeof deriveSecret>[0]): string =>
  deriveSecret(from).toString('hex').slice(0, 32);
