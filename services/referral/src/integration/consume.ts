import { consentMessages } from '@waymark/contracts';
import { keepCaseTeams, messageCall, reactingTo } from '@waymark/service-kit';
import { ApplyWithdrawal } from '../referral/features/apply-withdrawal.js';

/** Who works on which case, who has recused and whom its reporter shuts out, as a local copy, and to which referrals the withdrawal of a consent is to be applied. */
export const consumes = [
  ...keepCaseTeams,
  reactingTo(consentMessages.suspensionsRequested, async (message, { commands }) => {
    const { referralIds, consentId, withdrawnAt } = message.data;
    const call = messageCall('referral', message);
    for (const referralId of referralIds)
      await commands.execute(new ApplyWithdrawal(referralId, consentId, withdrawnAt, call));
  }),
];
