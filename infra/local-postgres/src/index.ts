export { LocalPostgresError, type LocalPostgresErrorCode } from './local-postgres-error.js';
export { stopLeftovers } from './leftovers.js';
export { startPostgres, type LocalPostgres, type StartPostgresOptions } from './start-postgres.js';
