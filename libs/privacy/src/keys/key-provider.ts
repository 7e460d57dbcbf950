/**
 * Wraps data keys so that they can lie in a database: a key file, or a key service. Each service has a provider of its own and
 * can unwrap nothing of the others. `wrappingKeyId` says which version of the wrapping key was used. Every adapter passes
 * contract-suite.ts; all calls reject with a `KeyProviderError`, and none falls back on anything.
 */
export interface KeyProvider {
  /** Under the current version. */
  wrap(plain: Buffer): Promise<WrappedKey>;
  unwrap(wrapped: Buffer, wrappingKeyId: string): Promise<Buffer>;
  /** The same data key under the current version. */
  rewrap(wrapped: Buffer, wrappingKeyId: string): Promise<WrappedKey>;
  /** Makes a new version, which wraps from now on, in all processes; the earlier ones go on unwrapping. */
  rotate(): Promise<void>;
  versions(): Promise<WrappingKeys>;
  close(): Promise<void>;
}

export interface WrappedKey {
  readonly wrapped: Buffer;
  readonly wrappingKeyId: string;
}

/** Ids of the versions that can unwrap, the oldest first, and which of them wraps. */
export interface WrappingKeys {
  readonly current: string;
  readonly all: readonly string[];
}
