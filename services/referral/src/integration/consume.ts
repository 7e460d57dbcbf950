import { consentMessages } from '@waymark/contracts';
import { keepCaseTeams, keepClientLinks, messageCall, reactingTo } from '@waymark/service-kit';
import { ApplyWithdrawal } from '../referral/features/apply-withdrawal.js';

/** Who works on which case, who has recused, whom its reporter shuts out and which clients are one person, as local copies, and to which referrals the withdrawal of a consent is to be applied. */
export const consumes = [
  ...keepCaseTeams,
  keepClientLinks,
  reactingTo(consentMessages.suspensionsRequested, async (message, { commands }) => {
    const { referralIds, consentId, withdrawnAt } = message.data;
    const call = messageCall('referral', message);
    for (const referralId of referralIds)
      await commands.execute(new ApplyWithdrawal(referralId, consentId, withdrawnAt, call));
  }),
];
