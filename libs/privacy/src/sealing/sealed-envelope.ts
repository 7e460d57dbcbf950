import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from '../keys/aes-gcm.js';

/** What stands in an event, a view or a package instead of a sealed value. `data` is base64url of `iv | ciphertext | tag`. */
export interface SealedEnvelope {
  readonly $sealed: { readonly subject: string; readonly data: string };
}

/** Plaintexts are padded to multiples of this, so that the length of a short code does not tell which it is. */
const BUCKET_BYTES = 64;

/** True for the shape of an envelope; says nothing about whether it opens. */
export function isSealed(value: unknown): value is SealedEnvelope {
  if (typeof value !== 'object' || value === null || !('$sealed' in value)) return false;
  const sealed = value.$sealed;
  return (
    typeof sealed === 'object' &&
    sealed !== null &&
    'subject' in sealed &&
    typeof sealed.subject === 'string' &&
    'data' in sealed &&
    typeof sealed.data === 'string'
  );
}

/** The subjects of every envelope in a value, however deep. */
export function subjectsSealedIn(value: unknown): readonly string[] {
  if (isSealed(value)) return [value.$sealed.subject];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(subjectsSealedIn) : [];
}

/** JSON may be followed by blanks: they are the padding and need no mark of where it begins. */
function padded(value: unknown): Buffer {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError('only what JSON can express can be sealed');
  const length = Buffer.byteLength(json);
  const plain = Buffer.alloc(Math.ceil(length / BUCKET_BYTES) * BUCKET_BYTES, ' ');
  plain.write(json);
  return plain;
}

export const toEnvelope = (
  key: KeyObject,
  subject: string,
  value: unknown,
  associatedData: string,
): SealedEnvelope => ({
  $sealed: { subject, data: encrypt(key, padded(value), associatedData).toString('base64url') },
});

/** The value, boxed because it may be anything JSON can express, or `undefined` when key or associated data are wrong. */
export function fromEnvelope(
  key: KeyObject,
  envelope: SealedEnvelope,
  associatedData: string,
): { readonly value: unknown } | undefined {
  const plain = decrypt(key, Buffer.from(envelope.$sealed.data, 'base64url'), associatedData);
  return plain && { value: JSON.parse(plain.toString('utf8')) };
}
