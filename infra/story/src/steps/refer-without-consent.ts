import { demand, demandStatus, type Step, until } from '../world.js';

export const referralPackage = [
  { category: 'matter_summary', content: 'ملخص: ضغط متكرر في مكان العمل. The client asks for mediation.' },
  { category: 'contact', content: 'Through the desk only, mornings, code word "jasmine".' },
];

export const referWithoutConsent: Step = {
  title: 'The officer tries to refer to the Ombudsman before any consent: refused, and the attempt is in the log',
  play: async (world) => {
    const { http, caseId } = world;
    const as = 'amina.officer';
    const body = {
      caseId,
      unit: 'ombudsman',
      service: 'mediation',
      purpose: 'mediation',
      urgency: 'urgent',
      package: referralPackage,
    };
    const drafted = await until('referral knows the team', 20, async () => {
      const answer = await http.post('referral', '/v1/referrals', { as, body });
      return answer.status === 404 ? undefined : answer;
    });
    demandStatus(drafted, 201, 'drafting the referral');
    world.referralId = drafted.body.referralId;
    const refused = await http.post('referral', `/v1/referrals/${world.referralId}/sending`, { as });
    demand(
      refused.status === 409 && refused.body.code === 'consent_missing',
      'sending without consent is not refused with consent_missing',
      refused,
    );
    const lines = await until('the attempt is in the log', 20, async () => {
      const { items } = await http.all('audit', `/v1/clients/${world.clientId}/timeline`, { as: 'jonas.auditor' });
      return items.some(({ type }) => type === 'ReferralBlocked') ? items : undefined;
    });
    demand(!JSON.stringify(lines).includes('jasmine'), 'the log shows the package in the clear');
    return 'consent_missing; ReferralBlocked is in the log';
  },
};
