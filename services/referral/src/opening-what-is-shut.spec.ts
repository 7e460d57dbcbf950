import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { ConsentPeer, reply } from './consent-peer.fixture.js';
import { draftOf, eventsOf, handled, type KnownCase, suspensionsRequested, tellTeam } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;

describe('whoever tries to open a package that is shut', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let known: KnownCase;
  let consentId: string;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'error' });
    peer = await ConsentPeer.on(stage);
  });
  beforeEach(async () => {
    peer.misbehave();
    known = await tellTeam(stage, stage.busOf('case'), ['amina.officer']);
    consentId = peer.consent(known.clientId, 'contact', 'matter_summary');
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const sent = async (): Promise<string> => {
    const { referralId } = (await post('', { ...amina, body: draftOf(known.caseId) })).body;
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({ status: 200 });
    return referralId;
  };
  const opens = (id: string) => post(`/${id}/openings`, olivier);
  const suspend = async (id: string): Promise<void> => {
    const message = suspensionsRequested(known, consentId, [id]);
    await stage.busOf('consent').publish(topicOf('consent'), [message]);
    await handled(stage, message);
  };
  const attemptsOn = async (id: string): Promise<object[]> => {
    const attempts: object[] = [];
    for await (const { data, metadata } of stage.log.readStream(`referral_access-${id}`))
      attempts.push({ ...data, who: metadata.actor.id, unit: metadata.unit, purpose: metadata.purpose });
    return attempts;
  };
  const attempt = (id: string, ground: string) => ({
    ...{ what: 'OpenPackage', resource: `referral-${id}`, clientId: known.clientId, outcome: 'refused', ground },
    ...{ who: stage.idOf('olivier.ombudsman'), unit: 'ombudsman', purpose: 'referral' },
  });

  it('is on record with each attempt once it is suspended, and is asked about by nobody', async () => {
    const id = await sent();
    await suspend(id);
    const asked = peer.asked.length;
    for (let times = 0; times < 3; times += 1)
      expect(await opens(id)).toMatchObject({ status: 409, body: { code: 'referral_suspended' } });
    expect(await attemptsOn(id)).toEqual(Array(3).fill(attempt(id, 'referral_suspended')));
    expect(peer.asked).toHaveLength(asked);
    expect(await eventsOf(stage, id)).not.toContain('ReferralPackageOpened');
  });

  const acknowledged = (id: string) => post(`/${id}/acknowledgement`, olivier);
  const accepted = async (id: string) => {
    await acknowledged(id);
    return post(`/${id}/acceptance`, olivier);
  };
  it.each<[string, (id: string) => Promise<unknown>]>([
    [
      'declined',
      async (id) => {
        await acknowledged(id);
        return post(`/${id}/decline`, { ...olivier, body: { reason: 'no_capacity' } });
      },
    ],
    [
      'completed',
      async (id) => {
        await accepted(id);
        return post(`/${id}/completion`, { ...olivier, body: { outcome: 'service_provided' } });
      },
    ],
    [
      'not_attended',
      async (id) => {
        await accepted(id);
        return post(`/${id}/non-attendance`, olivier);
      },
    ],
    ['revoked', (id) => post(`/${id}/revocation`, amina)],
    ['declined_by_client', (id) => post(`/${id}/client-decline`, amina)],
  ])('is on record once the referral has ended: %s', async (status, end) => {
    const id = await sent();
    expect(await end(id)).toMatchObject({ status: 200, body: { status } });
    expect(await opens(id)).toMatchObject({ status: 409, body: { code: 'referral_closed' } });
    expect(await attemptsOn(id)).toEqual([attempt(id, 'referral_closed')]);
  });

  it('is on record where it was shut while consent was asked, and gets nothing', async () => {
    const id = await sent();
    peer.misbehave((_asked, response) => {
      void suspend(id).then(() => reply(response, 201, { disclosureId: known.caseId, consentId }));
    });
    expect(await opens(id)).toMatchObject({ status: 409, body: { code: 'referral_suspended' } });
    expect(await attemptsOn(id)).toEqual([attempt(id, 'referral_suspended')]);
  });

  it('is refused by nobody, and on record as nothing, while consent cannot be asked', async () => {
    const id = await sent();
    peer.misbehave((_asked, response) => reply(response, 500, {}));
    expect(await opens(id)).toMatchObject({ status: 503, body: { code: 'consent_unreachable' } });
    expect(await attemptsOn(id)).toEqual([]);
  });
});
