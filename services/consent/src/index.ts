export { consent } from './consent.service.js';
