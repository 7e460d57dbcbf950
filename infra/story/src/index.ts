export * from './run-story.js';
export { main } from './main.js';
export { timeBasedCode } from './time-based-code.js';
