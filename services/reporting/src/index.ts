export { reporting } from './reporting.service.js';
