import { intakeMessages, referralMessages } from '@waymark/contracts';
import { handling, keepClientLinks, messageCall, reactingTo } from '@waymark/service-kit';
import { ConfirmOpening } from '../case/features/confirm-opening.js';
import { LinkCase } from '../case/features/link-case.js';
import { OpenCase } from '../case/features/open-case.js';

/** A case for each accepted concern; and local copies: of which clients are one person, and of where the referrals of a case stand, which closing it looks at. */
export const consumes = [
  reactingTo(intakeMessages.concernAccepted, async (message, { commands }) => {
    await commands.execute(new OpenCase(message.data, messageCall('case', message)));
  }),
  reactingTo(intakeMessages.caseRequested, async (message, { commands }) => {
    await commands.execute(new ConfirmOpening(message.data, messageCall('case', message)));
  }),
  reactingTo(intakeMessages.linkRequested, async (message, { commands }) => {
    if (message.data.of === 'case') await commands.execute(new LinkCase(message.data, messageCall('case', message)));
  }),
  keepClientLinks,
  handling(referralMessages.referralMoved, async ({ data: { referralId, caseId, status } }, { manager }) => {
    await manager.query(
      `INSERT INTO case_referrals (referral_id, case_id, status) VALUES ($1, $2, $3)
       ON CONFLICT (referral_id) DO UPDATE SET status = excluded.status`,
      [referralId, caseId, status],
    );
  }),
];
