export type LocalPostgresErrorCode =
  | 'PORT_IN_USE'
  | 'DATA_FOLDER_IN_USE'
  | 'DATA_FOLDER_NOT_OURS'
  | 'DATA_FOLDER_UNREACHABLE'
  | 'PLATFORM_NOT_SUPPORTED'
  | 'NO_UNPRIVILEGED_USER'
  | 'INITDB_FAILED'
  | 'START_FAILED';

/** Why the local PostgreSQL could not be started; the message says what to do about it. */
export class LocalPostgresError extends Error {
  constructor(
    readonly code: LocalPostgresErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'LocalPostgresError';
  }
}
