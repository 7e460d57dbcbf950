/**
 * What the connections to a service's own databases have in common. Probes find a server that is gone without a word within half a
 * minute. The server ends a session that does nothing within its transaction for so long: whatever an instance that is frozen or
 * gone has locked, such as a message's key, due work or a view's tables, comes free for the others. A minute, because handlers hold
 * their transaction while the log (25 s) or the key service answers. Statements are not bounded: migrations and builds take long.
 */
export const sessionSettings = (idleInTransactionMs = 60_000) => ({
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  idle_in_transaction_session_timeout: idleInTransactionMs,
});

/** A client that has closed its connection is noticed also while its statement waits for a lock. */
export const noticeClosed = '-c client_connection_check_interval=5s';
