export * from './code-lists.js';
export * from './duty-stations.js';
export * from './message-contract.js';
export * as intakeMessages from './messages/intake.js';
export * as caseMessages from './messages/case.js';
export * as consentMessages from './messages/consent.js';
export * as referralMessages from './messages/referral.js';
