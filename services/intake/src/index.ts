export { intake } from './intake.service.js';
