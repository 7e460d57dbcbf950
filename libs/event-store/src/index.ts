export * from './chain.js';
export { openKurrentEventStore, type KurrentEventStoreOptions } from './kurrentdb/kurrent-event-store.js';
export * from './port.js';
export * from './postgres/grants.js';
export * from './postgres/migrate.js';
export { openPostgresEventStore, type PostgresEventStoreOptions } from './postgres/postgres-event-store.js';
export { Turns } from './turns.js';
