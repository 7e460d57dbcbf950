export * from './run-story.js';
export { main } from './main.js';
