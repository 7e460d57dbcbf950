import { demand, demandStatus, type Step, until } from '../world.js';
import { openSession } from './come-back.js';

export const referByConsent: Step = {
  title: 'The client consents; the referral goes out and names the consent event that allowed it',
  play: async (world) => {
    const { http, clientId, referralId } = world;
    const as = 'amina.officer';
    const receipt = demandStatus(
      await http.post('intake', `/v1/concerns/${world.concernId}/client-receipt`, { as }),
      201,
      'a receipt of the client’s own',
    );
    const session = demandStatus(await openSession(world, receipt.body.receipt), 200, 'the client’s session');
    demand(session.body.scope === 'client', 'the client receipt does not open a client’s session', session);
    world.clientToken = session.body.token;

    const consent = {
      recipient: 'ombudsman',
      purpose: 'mediation',
      categories: ['matter_summary', 'contact'],
      validUntil: new Date(Date.now() + 90 * 86_400_000).toISOString(),
      form: 'electronic',
      language: 'ar',
      explained: 'Who will see it, what for, until when, and that it can be withdrawn at any time.',
      capacity: 'self',
    };
    const given = await until('consent knows the team', 20, async () => {
      const answer = await http.post('consent', `/v1/clients/${clientId}/consents`, { as, body: consent });
      return answer.status === 404 ? undefined : answer;
    });
    world.consentId = demandStatus(given, 201, 'recording consent').body.consentId;
    demandStatus(
      await http.post('referral', `/v1/referrals/${referralId}/sending`, { as }),
      200,
      'sending the referral',
    );
    const { items, last } = await http.all('audit', `/v1/clients/${clientId}/timeline`, { as: 'jonas.auditor' });
    demandStatus(last, 200, 'the timeline');
    const events: readonly { type: string; eventId: string; data: { consentId?: string } }[] = items;
    const sent = events.find(({ type }) => type === 'ReferralSent');
    const consented = events.find(({ type }) => type === 'ConsentGiven');
    demand(sent !== undefined && consented !== undefined, 'the referral or the consent is not in the log', last);
    demand(
      sent.data.consentId === world.consentId && consented.eventId === world.consentId,
      'the referral does not name the consent event',
    );
    return `ReferralSent names ${world.consentId.slice(0, 8)}…`;
  },
};
