export type SealBrokenReason = 'altered' | 'key_missing' | 'not_sealed';

/**
 * Something sealed does not open, for another reason than erasure: it was `altered` or moved from elsewhere, its key is missing
 * from this context (`key_missing`), or it lies in the clear (`not_sealed`). Names where it lay, never what it said.
 */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';

  /** `place` is the event's id or the label of a value. */
  constructor(
    readonly reason: SealBrokenReason,
    readonly place: string,
    readonly field?: string,
  ) {
    super(`the seal of ${field === undefined ? '' : `field ${field} of `}${place} is broken: ${reason}`);
  }
}

export type SealRefusedReason = 'subject_unknown';

/** An event cannot be sealed as declared; it must not be stored in the clear instead. */
export class SealRefusedError extends Error {
  override readonly name = 'SealRefusedError';

  constructor(
    readonly reason: SealRefusedReason,
    readonly type: string,
    readonly field?: string,
  ) {
    super(`event ${type}${field === undefined ? '' : `, field ${field}`} cannot be sealed: ${reason}`);
  }
}
