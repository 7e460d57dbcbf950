import { consentMessages } from '@waymark/contracts';
import { handling, keepCaseTeams } from '@waymark/service-kit';

/**
 * Local copies: who works on which case, and which consents were withdrawn. What follows from a withdrawal is done by the clock in
 * features/suspend-referrals.ts, which also finds a referral that is sent at the same moment.
 */
export const consumes = [
  keepCaseTeams,
  handling(consentMessages.consentWithdrawn, async (message, { manager }) => {
    const { consentId, withdrawnAt } = message.data;
    await manager.query(
      `INSERT INTO withdrawn_consents (consent_id, withdrawn_at, message_id, correlation_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (consent_id) DO NOTHING`,
      [consentId, withdrawnAt, message.id, message.correlationid],
    );
  }),
];
