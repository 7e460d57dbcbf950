export * from './start-platform.js';
export * from './ports.js';
export { loadDemoConcerns } from './demo-concerns.js';
export { main } from './main.js';
