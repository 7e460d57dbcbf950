import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marksOf, type Stage, startStage } from '@waymark/stage';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, eventsOf, type KnownCase, tellMarks, tellTeam } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;

describe('a referral to a unit that the reporter shut out', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'fatal' });
    peer = await ConsentPeer.on(stage);
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  /** A draft of a time at which nothing was known of the reporter yet. */
  const drafted = async (): Promise<{ readonly known: KnownCase; readonly id: string }> => {
    const known = await tellTeam(stage, stage.busOf('case'), ['amina.officer']);
    peer.consent(known.clientId, 'contact', 'matter_summary');
    return { known, id: (await post('', { ...amina, body: draftOf(known.caseId) })).body.referralId };
  };
  const shutOut = (known: KnownCase) =>
    tellMarks(stage, stage.busOf('case'), known, (concernId) => marksOf(stage, concernId, { units: ['ombudsman'] }));

  it('that was drafted before this was known is not sent, and consent is not even asked', async () => {
    const { known, id } = await drafted();
    await shutOut(known);
    const asked = peer.asked.length;
    const refused = { status: 409, body: { code: 'recipient_shut_out' } };
    expect(await post(`/${id}/sending`, amina)).toMatchObject(refused);
    expect(peer.asked).toHaveLength(asked);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted']);
    expect(await post('', { ...amina, body: draftOf(known.caseId) })).toMatchObject(refused);
  });

  it('that was sent before is shut to the unit from then on, and a retry of the sending gets its first answer', async () => {
    const { known, id } = await drafted();
    const key = randomUUID();
    const first = await post(`/${id}/sending`, { ...amina, key });
    expect(first).toMatchObject({ status: 200, body: { status: 'sent' } });
    expect(await post(`/${id}/openings`, olivier)).toMatchObject({ status: 200 });
    await shutOut(known);
    const asked = peer.asked.length;
    expect(await post(`/${id}/openings`, olivier)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(peer.asked).toHaveLength(asked);
    expect((await post(`/${id}/sending`, { ...amina, key })).body).toEqual(first.body);
    expect(await post(`/${id}/revocation`, amina)).toMatchObject({ status: 200, body: { status: 'revoked' } });
  });
});
