/** The log holds an event that this release cannot read: of a type that is not declared, or of a later version. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';

  /** `known`: the latest version that is declared, if the type is. */
  constructor(
    readonly type: string,
    readonly version: number,
    readonly known: number | undefined,
    types: readonly string[],
  ) {
    super(
      `version ${version} of ${type} is not known here, known ${known === undefined ? `types: ${types.join(', ')}` : `versions: 1 to ${known}`}`,
    );
  }
}

/** An event was decided that is not as its type declares. Nothing was written. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';

  /** `faults`: path and rule, without the values. */
  constructor(
    readonly type: string,
    readonly version: number,
    readonly faults: readonly string[],
  ) {
    super(`${type} does not fit the schema of version ${version}: ${faults.join('; ')}`);
  }
}
