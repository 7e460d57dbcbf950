export * from './async-api.js';
export * from './compatibility.js';
export * from './published-record.js';
