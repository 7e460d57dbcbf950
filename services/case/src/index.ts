export { caseService } from './case.service.js';
