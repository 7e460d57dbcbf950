export type KeyProviderErrorCode =
  /** Cannot be reached, or cannot answer now: may be tried again. */
  | 'unavailable'
  /** The credentials do not allow it. */
  | 'denied'
  /** No such wrapping key, or no such version of it. */
  | 'unknown_key'
  /** The version may not be used any more. */
  | 'retired'
  /** The bytes are not those that were wrapped. */
  | 'altered'
  /** An answer that is not understood. */
  | 'unexpected';

/** Why a key provider did not do what it was asked for. The message holds neither keys nor credentials. */
export class KeyProviderError extends Error {
  override readonly name = 'KeyProviderError';

  constructor(
    readonly code: KeyProviderErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type KeyFileErrorCode = 'exists' | 'missing' | 'readable_by_others' | 'malformed' | 'rotation_unfinished';

/** A key file that cannot be used; the message names the file and never its content. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';

  constructor(
    readonly code: KeyFileErrorCode,
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Something was to be sealed for a person whose key has been destroyed. */
export class SubjectErasedError extends Error {
  override readonly name = 'SubjectErasedError';

  constructor(
    readonly context: string,
    readonly subjectId: string,
  ) {
    super(`the ${context} key of subject ${subjectId} has been destroyed; nothing more can be sealed with it`);
  }
}
