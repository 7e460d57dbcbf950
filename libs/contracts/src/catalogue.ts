import type { MessageContract } from './message-contract.js';
import * as caseMessages from './messages/case.js';
import * as consentMessages from './messages/consent.js';
import * as intakeMessages from './messages/intake.js';
import * as referralMessages from './messages/referral.js';

/** Every message of every context. */
export const allMessages: readonly MessageContract[] = [
  intakeMessages,
  caseMessages,
  consentMessages,
  referralMessages,
].flatMap((messages) => Object.values<MessageContract>(messages));
