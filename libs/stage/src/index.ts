export * from './start-stage.js';
