import { referralMessages } from '@waymark/contracts';
import { AnswerProcess, keepCaseTeams, messageCall, reactingTo } from '@waymark/service-kit';
import { consentWithdrawal } from '../consent-record/processes/consent-withdrawal.process.js';

/** Who works on which client's case (client-teams.ts reads it), and to which referrals a withdrawal was applied. */
export const consumes = [
  keepCaseTeams,
  reactingTo(referralMessages.withdrawalApplied, async (message, { commands }) => {
    const { clientId, consentId, referralId, outcome } = message.data;
    await commands.execute(
      new AnswerProcess(
        consentWithdrawal,
        consentId,
        `consent-${clientId}`,
        { step: 'suspend_referrals', awaited: referralId, answer: outcome },
        messageCall('consent', message),
      ),
    );
  }),
];
