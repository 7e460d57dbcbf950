import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, eventsOf, type KnownCase, tellTeam } from './referral.fixture.js';
import { referral } from './referral.service.js';

const [officer, unit] = ['amina.officer', 'olivier.ombudsman'];
const about = ['service', 'urgency'];

describe('what a referral is about', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let known: KnownCase;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'error' });
    peer = await ConsentPeer.on(stage);
  });
  beforeEach(async () => {
    peer.silent = false;
    known = await tellTeam(stage, stage.busOf('case'), [officer]);
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const sent = async (): Promise<string> => {
    const options = { as: officer, body: draftOf(known.caseId) };
    const { referralId } = (await stage.ask('referral', 'POST', '/v1/referrals', options)).body;
    const sending = await stage.ask('referral', 'POST', `/v1/referrals/${referralId}/sending`, { as: officer });
    expect(sending).toMatchObject({ status: 200 });
    return referralId;
  };
  const consented = () => {
    peer.consent(known.clientId, 'contact', 'matter_summary');
    return sent();
  };
  const shown = async (id: string, as = unit) =>
    (await stage.ask('referral', 'GET', `/v1/referrals/${id}`, { as })).body;
  const listed = async (filter = '', as = unit) =>
    (await stage.ask('referral', 'GET', `/v1/referrals?limit=100${filter}`, { as })).body.items as readonly {
      readonly referralId: string;
    }[];
  const line = async (id: string, filter = '', as = unit) =>
    (await listed(filter, as)).find(({ referralId }) => referralId === id);
  /** Of a single one and of its line, which of the fields that tell it there are. */
  const told = async (id: string, as = unit) =>
    [await shown(id, as), await line(id, '', as)].map((seen) => about.filter((field) => field in (seen ?? {})));

  it('is shown to the unit until the withdrawal is acknowledged, whether or not its message has come', async () => {
    const [withdrawn, other] = [await consented(), await consented()];
    expect(await told(other)).toEqual([about, about]);
    expect(await told(withdrawn)).toEqual([[], []]);
    expect(await eventsOf(stage, withdrawn)).toEqual(['ReferralDrafted', 'ReferralSent']);
    expect(await shown(withdrawn)).toEqual({
      ...{ referralId: withdrawn, unit: 'ombudsman', status: 'sent' },
      ...{ sentAt: expect.any(String), sentBy: stage.idOf(officer) },
    });
    expect(await told(withdrawn, officer)).toEqual([about, about]);
  });

  it('is not told by the filter of a list either', async () => {
    const [withdrawn, other] = [await consented(), await consented()];
    expect(await line(other, '&urgency=urgent')).toBeDefined();
    expect(await line(withdrawn, '&urgency=urgent')).toBeUndefined();
    expect(await line(withdrawn, '&urgency=urgent', officer)).toBeDefined();
  });

  it('is kept from the unit while consent cannot be asked, which it is told, and shown again afterwards', async () => {
    const id = await consented();
    peer.silent = true;
    expect(await told(id)).toEqual([[], []]);
    for (const seen of [await shown(id), await line(id)])
      expect(seen).toMatchObject({ status: 'sent', withheld: 'consent_unreachable' });
    expect(await line(id, '&urgency=urgent')).toBeUndefined();
    expect(await told(id, officer)).toEqual([about, about]);
    peer.silent = false;
    expect(await told(id)).toEqual([about, about]);
    expect(await shown(id)).not.toHaveProperty('withheld');
  });

  it('is shown where it was sent under an override, for as long as that stands', async () => {
    peer.override(known.clientId, 'contact', 'matter_summary');
    const id = await sent();
    expect(await told(id)).toEqual([about, about]);
    peer.silent = true;
    expect(await shown(id)).toMatchObject({ status: 'sent', withheld: 'consent_unreachable' });
    peer.silent = false;
    peer.withdraw(known.clientId);
    expect(await told(id)).toEqual([[], []]);
    expect(await told(id, officer)).toEqual([about, about]);
  });
});
