import { deriveSecret } from '../keys/derive-secret.js';

const DIGITS = 16;
const RECEIPTS = 10n ** BigInt(DIGITS);
/** The largest multiple of the number of receipts in 64 bits: what lies above is drawn again, so that all are equally likely. */
const UNBIASED = (2n ** 64n / RECEIPTS) * RECEIPTS;

/** Longer input is no receipt and is not looked at. */
const LONGEST_INPUT = 80;
const SEPARATORS = /[\s\p{Dash_Punctuation}\p{Bidi_Control}]/gu;
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/gu;

/**
 * A receipt of 16 digits that follows from the command that is answered: the same for a command sent again after its answer was
 * lost, so nobody is locked out of their own concern. Whoever holds both `secret` and the idempotency key holds the receipt.
 */
export function receiptFrom(from: {
  readonly secret: string | Uint8Array;
  readonly idempotencyKey: string;
  /** Who sent the command: the same key from somebody else is another command. */
  readonly principal: string;
}): string {
  for (let draw = 0; ; draw += 1) {
    const input = JSON.stringify([from.principal, from.idempotencyKey, draw]);
    const number = deriveSecret({ secret: from.secret, label: 'waymark.receipt.v1', input }).readBigUInt64BE();
    if (number < UNBIASED) return (number % RECEIPTS).toString().padStart(DIGITS, '0');
  }
}

/**
 * A receipt as people type or paste it: spaces, dashes and marks of writing direction are dropped, Arabic-Indic and Persian digits
 * read, and the full-width ones of East Asian keyboards. 16 ASCII digits, or `undefined`.
 */
export function normaliseReceipt(text: string): string | undefined {
  if (text.length > LONGEST_INPUT) return undefined;
  const digits = text
    .replace(SEPARATORS, '')
    .replace(OTHER_DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
  return /^[0-9]{16}$/.test(digits) ? digits : undefined;
}
