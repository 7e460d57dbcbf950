export { engagement } from './engagement.service.js';
