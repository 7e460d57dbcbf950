export * from './code-lists.js';
