import { label as associatedLabel } from '../keys/aes-gcm.js';
import { canonicalSubjectId, type KeyRing } from '../keys/key-ring.js';
import { openEnvelope, type OpenedValue } from './open-envelope.js';
import { toEnvelope, type SealedEnvelope } from './sealed-envelope.js';

const associatedData = (context: string, label: string, subjectId: string): string =>
  associatedLabel('waymark.sealed-value.v1', context, label, subjectId);

/**
 * Seals any JSON value outside an event's declared fields, such as one data category of a referral package. `label` names the
 * place it belongs to (for instance `package/<id>/narrative`); it opens only under the same label, in the same context.
 */
export async function sealValue(options: {
  readonly keyRing: KeyRing;
  readonly subject: string;
  readonly label: string;
  readonly value: unknown;
}): Promise<SealedEnvelope> {
  const { keyRing, label, value } = options;
  const subject = canonicalSubjectId(options.subject);
  const key = await keyRing.forSubject(subject);
  return toEnvelope(key, subject, value, associatedData(keyRing.context, label, subject));
}

/** Opens what `sealValue` sealed: its value, or `{ erased: true }`. Rejects with `SealBrokenError` for anything else. */
export function openValue(options: {
  readonly keyRing: KeyRing;
  readonly label: string;
  readonly sealed: unknown;
}): Promise<OpenedValue> {
  const { keyRing, label, sealed } = options;
  return openEnvelope(keyRing, sealed, (subject) => associatedData(keyRing.context, label, subject), { of: label });
}
