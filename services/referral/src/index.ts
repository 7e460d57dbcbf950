export { referral } from './referral.service.js';
