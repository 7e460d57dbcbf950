import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf, type Stage, startStage } from '@waymark/stage';
import { ConsentPeer } from './consent-peer.fixture.js';
import { draftOf, eventsOf, type KnownCase, tellLink, tellMarks, tellTeam } from './referral.fixture.js';
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
  const shutOut = (known: KnownCase, excluded: Partial<ShutOut> = { units: ['ombudsman'] }, sequence = 3) =>
    tellMarks(stage, stage.busOf('case'), known, (concernId) => marksOf(stage, concernId, excluded), sequence);

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

  it('is refused alike where the role of those who would open it was, to whichever unit, and goes where another was', async () => {
    const { known, id } = await drafted();
    await shutOut(known, { roles: ['unit_focal_point'] });
    const refused = { status: 409, body: { code: 'recipient_shut_out' } };
    const asked = peer.asked.length;
    expect(await post(`/${id}/sending`, amina)).toMatchObject(refused);
    for (const unit of ['ombudsman', 'legal'] as const)
      expect(await post('', { ...amina, body: draftOf(known.caseId, { unit }) })).toMatchObject(refused);
    expect(peer.asked).toHaveLength(asked);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted']);

    const other = await drafted();
    await shutOut(other.known, { roles: ['supervisor', 'clinician'], units: ['legal'] });
    expect(await post(`/${other.id}/sending`, amina)).toMatchObject({ status: 200, body: { status: 'sent' } });
    expect(await post(`/${other.id}/openings`, olivier)).toMatchObject({ status: 200 });
  });

  const found = (id: string, who: { readonly as: string }) => stage.ask('referral', 'GET', `/v1/referrals/${id}`, who);
  const listed = async (who: { readonly as: string }) =>
    (await stage.ask('referral', 'GET', '/v1/referrals?limit=100', who)).body.items.map(
      ({ referralId }: { readonly referralId: string }) => referralId,
    );
  const missing = { status: 404, body: { code: 'not_found' } };

  it('is there no longer for whom the reporter of another case of the client named, on its team or in its unit', async () => {
    const { known, id } = await drafted();
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ status: 200 });
    const another = await tellTeam(stage, stage.busOf('case'), ['lucia.officer'], { ...known, caseId: randomUUID() });
    for (const who of [amina, olivier]) expect(await listed(who)).toContain(id);
    await shutOut(another, { units: ['ombudsman'] });
    for (const who of [amina, olivier]) expect(await found(id, who)).toMatchObject({ status: 200 });

    await shutOut(another, { people: [stage.idOf(amina.as), stage.idOf(olivier.as)] }, 4);
    for (const who of [amina, olivier]) {
      expect(await found(id, who)).toMatchObject(missing);
      expect(await listed(who)).not.toContain(id);
    }
    expect(await post('', { ...amina, body: draftOf(known.caseId) })).toMatchObject(missing);
  });

  it('is there no longer for whom the reporter named of a case that a chain of links leads to, in whichever order it was linked', async () => {
    const { known, id } = await drafted();
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ status: 200 });
    const another = await tellTeam(stage, stage.busOf('case'), ['lucia.officer']);
    await shutOut(another, { people: [stage.idOf(amina.as), stage.idOf(olivier.as)] });
    const [between, apart] = [randomUUID(), randomUUID()];
    await tellLink(stage, another.clientId, between);
    await tellLink(stage, apart, known.clientId);
    await tellLink(stage, between, apart, 'refused');
    for (const who of [amina, olivier]) {
      expect(await found(id, who)).toMatchObject({ status: 200 });
      expect(await listed(who)).toContain(id);
    }
    await tellLink(stage, apart, between, 'linked', 2);
    for (const who of [amina, olivier]) {
      expect(await found(id, who)).toMatchObject(missing);
      expect(await listed(who)).not.toContain(id);
    }
    expect(await post('', { ...amina, body: draftOf(known.caseId) })).toMatchObject(missing);
    expect(await post(`/${id}/revocation`, amina)).toMatchObject(missing);
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
