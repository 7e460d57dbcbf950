export * from './decider.js';
export * from './event.js';
export * from './event-declaration.js';
export * from './given-when-then.js';
export * from './rejection.js';
export * from './time.js';
