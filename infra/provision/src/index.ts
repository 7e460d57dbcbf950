export * from './provision.js';
export * from './services.js';
