/**
 * Wraps data keys so that they can lie in a database: a key file, or a key service. Each service has a provider of its own and
 * can unwrap nothing of the others. `wrappingKeyId` says which wrapping key was used, so that wrapping keys can be rotated.
 */
export interface KeyProvider {
  wrap(plain: Buffer): Promise<WrappedKey>;
  /** Rejects when the wrapping key is unknown or the bytes were altered. */
  unwrap(wrapped: Buffer, wrappingKeyId: string): Promise<Buffer>;
}

export interface WrappedKey {
  readonly wrapped: Buffer;
  readonly wrappingKeyId: string;
}
