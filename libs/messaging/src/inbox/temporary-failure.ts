/**
 * Thrown by a handler when what it needs cannot be reached just now. The message is delivered again for as long as it takes,
 * its partition waits, and it never becomes a dead letter: the fault is not in the message.
 */
export class TemporaryFailure extends Error {
  override readonly name = 'TemporaryFailure';
}

// Connection classes of PostgreSQL (SQLSTATE 08, 57P0x, 53 resources) and of the network; `unavailable` of the event store and the
// key provider; `beyond_log` of the former, which an operator has to mend; `denied` of the latter, whose token somebody has to renew.
const temporaryCodes =
  /^(08...|57P0.|53...|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_.*|unavailable|beyond_log|denied)$/;

// node-postgres gives these no code.
const temporaryTexts =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

// What TypeORM says in a transaction whose connection broke a moment before.
const temporaryNames = /^(QueryRunner(Provider)?AlreadyReleasedError|TransactionNotStartedError)$/;

/** True for failures that pass by themselves: this one or one of its causes says that something could not be reached. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof TemporaryFailure) return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && temporaryCodes.test(error.code)) return true;
  // The server ended the connection, or let nobody in: whatever was asked is not at fault.
  if ('severity' in error && error.severity === 'FATAL') return true;
  if (temporaryTexts.test(error.message) || temporaryNames.test(error.name)) return true;
  if ('driverError' in error && error.driverError !== error && isTemporary(error.driverError)) return true;
  return error.cause !== undefined && error.cause !== error && isTemporary(error.cause);
}
