import { demand, demandStatus, type Step, until } from '../world.js';

export const clientWithdraws: Step = {
  title: 'The client withdraws: no opening succeeds from then on, the referral is suspended, the unit is told',
  play: async (world) => {
    const { http, referralId, consentId } = world;
    const notTheirs = await http.get('consent', '/v1/my-consents', { token: world.reporterToken });
    demand(
      notTheirs.status === 403 || notTheirs.status === 404,
      'a reporter who is not the client sees the consents',
      notTheirs,
    );
    const ledger = demandStatus(
      await http.get('consent', '/v1/my-ledger', { token: world.clientToken }),
      200,
      'the client’s ledger',
    );
    demand(ledger.body.items.length >= 2, 'the ledger does not show the sending and the opening', ledger);
    world.beforeWithdrawal = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const withdrawn = await http.post('consent', `/v1/my-consents/${consentId}/withdrawal`, {
      token: world.clientToken,
    });
    demand(withdrawn.status === 200 || withdrawn.status === 201, 'withdrawing', withdrawn);
    const openings = await Promise.all(
      Array.from({ length: 5 }, () =>
        http.post('referral', `/v1/referrals/${referralId}/openings`, { as: 'olivier.ombudsman' }),
      ),
    );
    for (const opening of openings)
      demand(
        opening.status >= 400 && opening.status < 500 && !opening.text.includes('jasmine'),
        'an opening after the withdrawal succeeded',
        opening,
      );
    await until('the referral is suspended', 20, async () => {
      const answer = await http.get('referral', `/v1/referrals/${referralId}`, { as: 'olivier.ombudsman' });
      return answer.body.status === 'suspended_consent_withdrawn' ? true : undefined;
    });
    const list = await http.all('referral', '/v1/referrals', { as: 'olivier.ombudsman' });
    const line = list.items.find((each) => each.referralId === referralId);
    demand(
      line?.status === 'suspended_consent_withdrawn' && line.notice !== undefined,
      'the unit is not told',
      list.last,
    );
    return `${openings.length} openings refused`;
  },
};
