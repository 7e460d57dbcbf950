export type KeyFileErrorCode = 'exists' | 'missing' | 'readable_by_others' | 'malformed' | 'unknown_key' | 'altered';

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
