export * from './projection.js';
export * from './projections-migration.js';
export * from './run-projection.js';
