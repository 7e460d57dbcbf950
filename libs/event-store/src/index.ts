export * from './chain.js';
export * from './port.js';
export * from './postgres/grants.js';
export * from './postgres/migrate.js';
export { openPostgresEventStore, type PostgresEventStoreOptions } from './postgres/postgres-event-store.js';
