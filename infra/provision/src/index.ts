export * from './apply-kafka-rights.js';
export * from './env-files.js';
export * from './kafka-rights.js';
export * from './provision.js';
export * from './services.js';
