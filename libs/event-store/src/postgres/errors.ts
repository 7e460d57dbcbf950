import { types } from 'node:util';
import { EventStoreError, type EventStoreErrorCode } from '../port.js';

const refusals: Readonly<Record<string, EventStoreErrorCode>> = {
  WM001: 'wrong_expected_revision',
  WM002: 'event_id_reused',
  WM003: 'batch_partly_known',
  WM004: 'category_forbidden',
  WM006: 'invalid_event',
  WM007: 'batch_too_large',
  WM008: 'unavailable',
  WM010: 'beyond_log',
};

/** Lost or refused connections, resources used up, a server shutting down or standing by. */
const unreachable = /^(08|53|57P|58|25006|28|3D000|40P01|55P03|57014)/;
/**
 * A page or an index that fails its checks, a block or a file that cannot be read. Of one place: where the whole disk fails, the
 * server cannot write its WAL and ends.
 */
const damaged = /^(XX00[12]|58030|58P01)$/;
const broken = /^(08|57P0[1-3])/;
const socketErrors = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'],
  ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
]);
/** `pg` gives its own connection errors no code. */
const driverTexts =
  /connection terminated|connection error|timeout|not queryable|pool after calling end|connection ended/i;

interface SqlError {
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly message: string;
  readonly detail?: unknown;
  readonly constraint?: unknown;
}

const codeOf = (error: SqlError): string => (typeof error.code === 'string' ? error.code : '');

/** True when the connection itself has failed: the statement may or may not have taken effect. */
export function isBroken(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { severity }: SqlError = error;
  const code = codeOf(error);
  if (code === '') return driverTexts.test(error.message);
  return severity === 'FATAL' || socketErrors.has(code) || broken.test(code);
}

/** True when no answer came in time; `pg` says so by this text only. */
export const isSilence = (error: unknown): boolean =>
  types.isNativeError(error) && error.message === 'Query read timeout';

/** True when the server has rolled back for a reason that a second try need not meet. */
export const isDeadlock = (error: unknown): boolean => types.isNativeError(error) && codeOf(error) === '40P01';

/** The port's refusal for an error of the driver or the server; what is neither stays as it is. */
export function toEventStoreError(error: unknown): unknown {
  if (!types.isNativeError(error) || error instanceof EventStoreError) return error;
  const sql: SqlError = error;
  const code = codeOf(sql);
  const cause = { cause: error };
  if (!isBroken(error) && damaged.test(code)) return new EventStoreError('damaged', error.message, undefined, cause);
  if (isBroken(error) || unreachable.test(code))
    return new EventStoreError('unavailable', error.message, undefined, cause);
  const refusal = refusals[code];
  if (refusal === 'wrong_expected_revision') {
    return new EventStoreError(refusal, error.message, Number(sql.detail), cause);
  }
  if (refusal !== undefined) return new EventStoreError(refusal, error.message, undefined, cause);
  // Without EXECUTE the function never gets to say it itself.
  if (code === '42501') return new EventStoreError('category_forbidden', error.message, undefined, cause);
  if (code === '23505' && sql.constraint === 'events_event_id_key') {
    return new EventStoreError('event_id_reused', 'an event id is already in use', undefined, cause);
  }
  return error;
}
