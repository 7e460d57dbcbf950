export * from './start-stage.js';
export * from './marks.js';
