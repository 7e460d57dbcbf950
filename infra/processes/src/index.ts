export * from './service-process.js';
export * from './start-processes.js';
