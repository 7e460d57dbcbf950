export * from './env-files.js';
export * from './provision.js';
export * from './services.js';
