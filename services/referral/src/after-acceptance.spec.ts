import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, eventsOf, type KnownCase, tellTeam, told } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;
const provided = { ...olivier, body: { outcome: 'service_provided' } };
const partly = { ...olivier, body: { outcome: 'partly_provided' } };

describe('a referral that was accepted', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let caseBus: Bus;
  let known: KnownCase;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'fatal' });
    peer = await ConsentPeer.on(stage);
    caseBus = stage.busOf('case');
  });
  beforeEach(async () => {
    known = await tellTeam(stage, caseBus, ['amina.officer', 'lucia.officer']);
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const get = (path: string, as: string) => stage.ask('referral', 'GET', `/v1/referrals${path}`, { as });
  const drafted = async (): Promise<string> =>
    (await post('', { ...amina, body: draftOf(known.caseId) })).body.referralId;
  const sent = async (): Promise<string> => {
    peer.consent(known.clientId, 'contact', 'matter_summary');
    const id = await drafted();
    await post(`/${id}/sending`, amina);
    return id;
  };
  const accepted = async (): Promise<string> => {
    const id = await sent();
    await post(`/${id}/acknowledgement`, olivier);
    expect((await post(`/${id}/acceptance`, olivier)).status).toBe(200);
    return id;
  };

  it('is served and completed with an outcome, which the unit can correct; every status is told, the package is shut', async () => {
    const id = await accepted();
    expect((await post(`/${id}/service-start`, olivier)).body).toMatchObject({ status: 'in_service' });
    expect((await post(`/${id}/openings`, olivier)).status).toBe(200);
    expect((await post(`/${id}/completion`, provided)).body).toMatchObject({ status: 'completed' });
    expect((await post(`/${id}/openings`, olivier)).body).toMatchObject({ code: 'referral_closed' });
    const corrected = await post(`/${id}/outcome-correction`, partly);
    expect(corrected.body).toMatchObject({ status: 'completed', events: ['ReferralOutcomeCorrected'] });
    for (const reader of ['amina.officer', 'olivier.ombudsman'])
      expect((await get(`/${id}`, reader)).body).toMatchObject({
        status: 'completed',
        outcome: 'partly_provided',
        endedAt: stage.clock.now(),
      });
    const statuses = ['drafted', 'sent', 'acknowledged', 'accepted', 'in_service', 'completed'];
    await eventually(async () => (await told(stage, id)).length === statuses.length);
    expect((await told(stage, id)).map(({ data }) => Object(data).status)).toEqual(statuses);
    const { body } = await get('?status=completed', 'olivier.ombudsman');
    expect(body.items).toMatchObject([{ referralId: id, status: 'completed' }]);
  });

  it('ends without a service when the client does not come', async () => {
    const id = await accepted();
    expect((await post(`/${id}/non-attendance`, olivier)).body).toMatchObject({ status: 'not_attended' });
    expect((await post(`/${id}/completion`, provided)).body).toMatchObject({ status: 409, code: 'referral_closed' });
    expect((await post(`/${id}/outcome-correction`, provided)).body.code).toBe('referral_not_completed');
  });

  it('is no business of another unit, of the team, nor of an officer outside it', async () => {
    const id = await accepted();
    for (const path of ['service-start', 'completion', 'non-attendance', 'outcome-correction']) {
      const body = path.startsWith('c') || path.startsWith('o') ? provided.body : {};
      expect((await post(`/${id}/${path}`, { as: 'elena.ethics', body })).status).toBe(404);
      expect((await post(`/${id}/${path}`, { ...amina, body })).status).toBe(403);
    }
    for (const path of ['revocation', 'client-decline']) {
      expect((await post(`/${id}/${path}`, { as: 'kwame.officer' })).status).toBe(404);
      expect((await post(`/${randomUUID()}/${path}`, amina)).status).toBe(404);
      expect((await post(`/${id}/${path}`, olivier)).status).toBe(403);
    }
    expect(await eventsOf(stage, id)).toHaveLength(4);
  });

  it('is completed once, whoever else is completing it, and a retry gets the first answer', async () => {
    const id = await accepted();
    const key = randomUUID();
    const answers = await Promise.all([...Array(5).keys()].map(() => post(`/${id}/completion`, { ...provided, key })));
    for (const { status, body } of answers)
      expect({ status, body }).toMatchObject({ status: 200, body: answers[0]?.body });
    const others = await Promise.all([...Array(5).keys()].map(() => post(`/${id}/completion`, partly)));
    expect(others.map(({ body }) => body.code)).toEqual(Array(5).fill('referral_closed'));
    expect((await eventsOf(stage, id)).filter((type) => type === 'ReferralCompleted')).toHaveLength(1);
  });

  it('is taken back by the team, or because the client does not want it, sent or not', async () => {
    for (const [path, status] of [
      ['revocation', 'revoked'],
      ['client-decline', 'declined_by_client'],
    ])
      for (const make of [drafted, sent, accepted]) {
        const id = await make();
        expect((await post(`/${id}/${path}`, { as: 'lucia.officer' })).body).toMatchObject({ status });
        expect((await post(`/${id}/openings`, olivier)).body.code).toBe(
          make === drafted ? 'not_found' : 'referral_closed',
        );
        expect((await post(`/${id}/revocation`, amina)).body).toMatchObject({ status: 409, code: 'referral_closed' });
        const { body } = await get(`?caseId=${known.caseId}&status=${status}`, 'amina.officer');
        const line = body.items.find(({ referralId }: { referralId: string }) => referralId === id);
        expect(line).not.toHaveProperty('dueAt');
      }
  });

  it('names field and rule when an outcome is none', async () => {
    const id = await accepted();
    for (const path of ['completion', 'outcome-correction'])
      expect((await post(`/${id}/${path}`, { ...olivier, body: { outcome: 'cured' } })).body).toMatchObject({
        status: 422,
        errors: [{ field: 'outcome', rule: 'isIn' }],
      });
  });
});
