import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, eventsOf, type KnownCase, tellStanding, tellTeam } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;
const refused = { status: 409, body: { code: 'case_closed' } };

describe('while its case is closed', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let known: KnownCase;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'fatal' });
    peer = await ConsentPeer.on(stage);
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });
  beforeEach(async () => {
    known = await tellTeam(stage, stage.busOf('case'), ['amina.officer']);
    peer.consent(known.clientId, 'contact', 'matter_summary');
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const draft = () => post('', { ...amina, body: draftOf(known.caseId) });
  const drafted = async (): Promise<string> => (await draft()).body.referralId;

  it('nothing is referred from it, and consent is not even asked; reopened, it refers again', async () => {
    const id = await drafted();
    await tellStanding(stage, known, 'closed');
    const asked = peer.asked.length;
    expect(await draft()).toMatchObject(refused);
    expect(await post(`/${id}/sending`, amina)).toMatchObject(refused);
    expect(peer.asked).toHaveLength(asked);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted']);

    await tellStanding(stage, known, 'reopened', 4);
    expect(await draft()).toMatchObject({ status: 201 });
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ status: 200, body: { status: 'sent' } });
  });

  it('does not exist for whoever is not on its team, closed or not', async () => {
    await tellStanding(stage, known, 'closed');
    const missing = { status: 404, body: { code: 'not_found' } };
    expect(await post('', { as: 'kwame.officer', body: draftOf(known.caseId) })).toMatchObject(missing);
  });

  it('goes on with what was sent before: it is opened, answered and revoked, and a retry gets its first answer', async () => {
    const [id, other, unsent] = [await drafted(), await drafted(), await drafted()];
    const key = randomUUID();
    const sent = await post(`/${id}/sending`, { ...amina, key });
    expect(sent).toMatchObject({ status: 200, body: { status: 'sent' } });
    expect(await post(`/${other}/sending`, amina)).toMatchObject({ status: 200 });
    await tellStanding(stage, known, 'closed');
    expect((await post(`/${id}/sending`, { ...amina, key })).body).toEqual(sent.body);
    expect(await post(`/${id}/openings`, olivier)).toMatchObject({ status: 200 });
    expect(await post(`/${id}/acknowledgement`, olivier)).toMatchObject({ status: 200 });
    expect(await post(`/${id}/acceptance`, olivier)).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(await post(`/${other}/revocation`, amina)).toMatchObject({ status: 200, body: { status: 'revoked' } });
    expect(await post(`/${unsent}/client-decline`, amina)).toMatchObject({ status: 200 });
  });
});
