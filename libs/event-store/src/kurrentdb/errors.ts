import { EventStoreError } from '../port.js';

/** What the client's errors carry. Known by their shape, so that a later client's classes are known as well. */
interface ClientError extends Error {
  readonly type?: unknown;
  /** Of gRPC. */
  readonly code?: unknown;
  readonly actualVersion?: unknown;
  readonly _raw?: { readonly metadata?: { get(key: string): readonly unknown[] } };
}

const unauthenticated = 16;
const invalidArgument = 3;

const isClientError = (error: unknown): error is ClientError =>
  error instanceof Error && (('type' in error && typeof error.type === 'string') || 'code' in error);

/** The server's own name for what went wrong, where the client has none. */
function exceptionOf(error: ClientError): unknown {
  return error._raw?.metadata?.get('exception')[0];
}

/** True when the stream was not at the revision that the append expected. */
export const isConflict = (error: unknown): boolean => isClientError(error) && error.type === 'wrong-expected-version';

export const isStreamNotFound = (error: unknown): boolean => isClientError(error) && error.type === 'stream-not-found';

/** True when the append goes beyond what the server takes in one, as a whole or with one event. */
export const isTooLarge = (error: unknown): boolean =>
  isClientError(error) &&
  (error.type === 'maximum-append-size-exceeded' || exceptionOf(error) === 'maximum-append-event-size-exceeded');

export const isUnavailable = (error: unknown): error is EventStoreError =>
  error instanceof EventStoreError && error.code === 'unavailable';

/** The port's refusal for an error of the client or the server; what is neither stays as it is. */
export function toEventStoreError(error: unknown): unknown {
  if (error instanceof EventStoreError || !isClientError(error)) {
    // Thrown without type or code when no node of a cluster answers.
    const discovery = error instanceof Error && error.message.startsWith('Failed to discover');
    return discovery ? unavailable(error.message, error) : error;
  }
  switch (error.type) {
    case 'access-denied':
      return error.code === unauthenticated
        ? unavailable('the server does not accept these credentials', error)
        : new EventStoreError('category_forbidden', 'the server denies access', undefined, { cause: error });
    case 'stream-deleted':
      return damaged('the stream was deleted on the server: nothing can be read from it or appended to it', error);
    case 'invalid-argument':
      return error;
    default:
      return error.code === invalidArgument ? error : unavailable(error.message, error);
  }
}

export const unavailable = (message: string, cause?: unknown): EventStoreError =>
  new EventStoreError('unavailable', message, undefined, { cause });

/** What is gone from the server does not come back by waiting. */
export const damaged = (message: string, cause?: unknown): EventStoreError =>
  new EventStoreError('damaged', message, undefined, { cause });
