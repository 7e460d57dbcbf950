export { LocalPostgresError, type LocalPostgresErrorCode } from './local-postgres-error.js';
export { demandUnused, stopLeftovers } from './leftovers.js';
export type { StartPostgresOptions } from './options.js';
export { startPostgres, type LocalPostgres } from './start-postgres.js';
