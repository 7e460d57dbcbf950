export { audit } from './audit.service.js';
export { isInterpreted } from './replay/interpreted-versions.js';
