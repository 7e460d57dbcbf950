import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { second, whoComesAgain } from './linking-a-client.fixture.js';

jest.setTimeout(240_000);

const accused = 'kwame.officer';
const missing = { status: 404, body: { code: 'not_found' } };

describe('whom a client shuts out when they come for the third time', () => {
  let stage: Stage;
  const who = whoComesAgain(() => stage);
  beforeAll(async () => {
    const services = [intake, caseService, consent, referral];
    stage = await startStage({ services, now: new Date().toISOString(), logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const member = () => ({ staffId: stage.idOf(accused) });
  const toCase = async (concernId: string): Promise<string> => {
    expect(await who.accept(concernId)).toMatchObject({ status: 200 });
    return who.caseOf(concernId);
  };
  const drafting = (caseId: string) => ({
    ...{ caseId, unit: 'ombudsman', service: 'mediation', purpose: 'referral', urgency: 'routine' },
    package: [{ category: 'contact', content: 'By letter.' }],
  });

  it.each(['has no case yet', 'has a case'])(
    'is out of all that came of the first time, where the second %s when it is linked to it',
    async (middle) => {
      const first = await who.comesAgain();
      await who.readyToAccept(first);
      const caseId = await toCase(first.concernId);
      const { clientId } = await who.concernOf(first.concernId);
      await who.teamKnown(caseId, clientId);
      await who.post('case', `/v1/cases/${caseId}/team-members`, { as: second, body: member() });
      const { referralId } = await who.post('referral', '/v1/referrals', { body: drafting(caseId) });
      const reads = [
        ['intake', `/v1/concerns/${first.concernId}`],
        ['case', `/v1/cases/${caseId}`],
        ['case', `/v1/cases/${caseId}/notes`],
        ['consent', `/v1/clients/${clientId}/consents`],
        ['referral', `/v1/referrals/${referralId}`],
      ] as const;
      for (const [service, path] of reads)
        expect(await stage.ask(service, 'GET', path, { as: accused })).toMatchObject({ status: 200 });

      const between = await who.comesAgain();
      await who.readyToAccept(between);
      if (middle === 'has a case') await toCase(between.concernId);
      const third = await who.comesAgain({ people: [stage.idOf(accused)], roles: [], units: [] });
      await who.readyToAccept(third);
      await who.linkUp(third.concernId, between.concernId);
      const last = await toCase(third.concernId);
      await who.linkUp(between.concernId, first.concernId);
      if (middle === 'has no case yet') await toCase(between.concernId);

      for (const [service, path] of reads)
        await eventually(async () =>
          expect({ path, ...(await stage.ask(service, 'GET', path, { as: accused })) }).toMatchObject({
            ...{ path, ...missing },
          }),
        );
      const draft = { as: accused, body: drafting(caseId) };
      expect(await stage.ask('referral', 'POST', '/v1/referrals', draft)).toMatchObject(missing);
      for (const [service, path] of [
        ['case', '/v1/cases'],
        ['referral', '/v1/referrals'],
      ] as const)
        expect(await who.get(service, path, { as: accused })).toMatchObject({ items: [] });
      for (const id of [caseId, last])
        expect(
          await stage.ask('case', 'POST', `/v1/cases/${id}/team-members`, { as: second, body: member() }),
        ).toMatchObject({ status: 409, body: { code: 'person_shut_out' } });
      expect(await who.get('case', `/v1/cases/${caseId}`)).toMatchObject({ caseId });
    },
  );
});
