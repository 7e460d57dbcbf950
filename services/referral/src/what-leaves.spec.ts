import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataCategories, type DataCategory } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, tellTeam } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;
const textOf = (category: DataCategory): string => `kanarie-of-${category.replaceAll('_', '-')}`;
const everything = dataCategories.map((category) => ({ category, content: textOf(category) }));

describe('of a package that tells of everything', () => {
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
  const drafted = async (): Promise<{ id: string; clientId: string }> => {
    const { caseId, clientId } = await tellTeam(stage, stage.busOf('case'), ['amina.officer']);
    const draft = await post('', { ...amina, body: draftOf(caseId, { package: everything }) });
    return { id: draft.body.referralId, clientId };
  };
  const tellsOf = (answer: unknown): readonly DataCategory[] =>
    dataCategories.filter((category) => JSON.stringify(answer).includes(textOf(category)));

  it.each(dataCategories)('only what tells of %s leaves under a consent to that', async (category) => {
    const { id, clientId } = await drafted();
    peer.consent(clientId, category);
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(await post(`/${id}/sending`, { ...amina, body: { categories: [category] } })).toMatchObject({ status: 200 });
    const opened = await post(`/${id}/openings`, olivier);
    expect(opened).toMatchObject({ status: 200, body: { categories: [{ category, content: textOf(category) }] } });
    const seen = [
      opened.body,
      (await stage.ask('referral', 'GET', `/v1/referrals/${id}`, olivier)).body,
      (await stage.ask('referral', 'GET', '/v1/referrals', olivier)).body,
      (await post(`/${id}/acknowledgement`, olivier)).body,
    ];
    expect(tellsOf(seen)).toEqual([category]);
  });

  it('all of it leaves under a consent to all of it', async () => {
    const { id, clientId } = await drafted();
    peer.consent(clientId, ...dataCategories);
    await post(`/${id}/sending`, amina);
    expect((await post(`/${id}/openings`, olivier)).body.categories).toEqual(everything);
  });
});
