export * from './catalogue.js';
export {
  byCode,
  closed,
  code,
  comparedStaffId,
  country,
  formed,
  id,
  instant,
  languageTag,
  month,
  shutOutMarks,
  spellingsOfStaffId,
  staffId,
  staffIdPattern,
  subdivision,
} from './schemas.js';
export * from './code-lists.js';
export * from './duty-stations.js';
export * from './plain-language/index.js';
export * from './fact-attributes.js';
export * from './message-contract.js';
export * from './message-rules.js';
export * as intakeMessages from './messages/intake.js';
export * as caseMessages from './messages/case.js';
export * as consentMessages from './messages/consent.js';
export * as referralMessages from './messages/referral.js';
