import { canonicalSubjectId, type KeyRing } from '../keys/key-ring.js';
import { fromEnvelope, isSealed } from './sealed-envelope.js';
import { SealBrokenError, type SealBrokenReason } from './sealing-errors.js';

export type OpenedValue = { readonly value: unknown } | { readonly erased: true };

/** Opens what should be an envelope. `associatedData` is asked with the envelope's own subject, which it has to bind. */
export async function openEnvelope(
  keyRing: KeyRing,
  sealed: unknown,
  associatedData: (subjectId: string) => string,
  place: { readonly of: string; readonly field?: string },
): Promise<OpenedValue> {
  const broken = (reason: SealBrokenReason) => new SealBrokenError(reason, place.of, place.field);
  if (!isSealed(sealed)) throw broken('not_sealed');
  const { subject } = sealed.$sealed;
  if (!isCanonical(subject)) throw broken('altered');
  const key = await keyRing.find(subject);
  if (key === 'destroyed') return { erased: true };
  if (key === 'missing') throw broken('key_missing');
  const opened = fromEnvelope(key, sealed, associatedData(subject));
  if (!opened) throw broken('altered');
  return opened;
}

function isCanonical(subjectId: string): boolean {
  try {
    return canonicalSubjectId(subjectId) === subjectId;
  } catch {
    return false;
  }
}
