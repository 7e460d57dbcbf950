import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { referralMessages, topicOf } from '@waymark/contracts';
import { processIdOf } from '@waymark/service-kit';
import { eventually } from '@waymark/testing';
import { clientOfTeam, type ConsentStage, inDays, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';
import { consentWithdrawal } from './consent-record/processes/consent-withdrawal.process.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(180_000);

const [officer, supervisor] = ['amina.officer', 'ingrid.supervisor'];

describe('what went out under an override', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const post = (clientId: string, path: string, as: string, body: object = {}) =>
    stage.post(`/v1/clients/${clientId}/${path}`, { as, body });
  const overridden = async (clientId: string, changed: object = {}): Promise<string> => {
    const {
      validUntil: _until,
      form: _form,
      language: _of,
      explained: _what,
      capacity: _who,
      ...asked
    } = toOmbudsman(stage);
    const why = { legalBasis: 'vital_interest', justification: 'Unconscious.', validUntil: inDays(stage, 5) };
    const { overrideId } = (await post(clientId, 'overrides', officer, { ...asked, ...why, ...changed })).body;
    expect(await post(clientId, `overrides/${overrideId}/approval`, supervisor)).toMatchObject({ status: 200 });
    return overrideId;
  };
  /** A client about whom something was sent under an override, for which consent was not asked. */
  const sent = async (changed: object = {}) => {
    const clientId = await clientOfTeam(stage, [officer, supervisor]);
    const overrideId = await overridden(clientId, changed);
    const referralId = randomUUID();
    const body = opening(stage, { reference: referralId, act: 'send' });
    expect(await post(clientId, 'disclosures', 'service:referral', body)).toMatchObject({ status: 201 });
    return { clientId, overrideId, referralId };
  };
  const suspensions = async (clientId: string) =>
    (await stage.eventsOf(clientId)).flatMap(({ type, data }) => (type === 'SuspensionsRequested' ? [data] : []));
  const standing = async (...consentIds: readonly string[]): Promise<readonly string[]> =>
    (await stage.post('/v1/standing-consents', { as: 'service:referral', body: { consentIds } })).body.consentIds;
  const refuse = (clientId: string) => {
    const { validUntil: _until, form: _form, ...refusal } = toOmbudsman(stage);
    return post(clientId, 'consent-refusals', officer, refusal);
  };

  it('is suspended in the append that ends it, whoever does, and stands no longer', async () => {
    const ends: readonly ((clientId: string, overrideId: string) => Promise<{ readonly status: number }>)[] = [
      (clientId, id) => post(clientId, `overrides/${id}/revocation`, officer, { reason: 'no_longer_needed' }),
      (clientId) => refuse(clientId),
      (clientId) => post(clientId, 'consents', officer, toOmbudsman(stage)),
    ];
    for (const end of ends) {
      const { clientId, overrideId, referralId } = await sent();
      expect(await standing(overrideId)).toEqual([overrideId]);
      expect(await suspensions(clientId)).toEqual([]);
      expect((await end(clientId, overrideId)).status).toBeLessThan(300);
      expect(await suspensions(clientId)).toMatchObject([{ consentId: overrideId, referralIds: [referralId] }]);
      expect(await standing(overrideId)).toEqual([]);
    }
  });

  it('is suspended once its time is over, for which the clock rings', async () => {
    const { clientId, overrideId, referralId } = await sent({ validUntil: inDays(stage, 1) });
    stage.clock.advance({ days: 1 });
    expect(await standing(overrideId)).toEqual([]);
    await eventually(async () =>
      expect(await suspensions(clientId)).toMatchObject([{ consentId: overrideId, referralIds: [referralId] }]),
    );
  });

  it('is suspended when the client is erased, also what the law obliged to', async () => {
    const { clientId, overrideId, referralId } = await sent({ legalBasis: 'legal_obligation' });
    await post(clientId, 'erasure-requests', officer, { way: 'oral' });
    expect(await post(clientId, 'erasure-approval', supervisor)).toMatchObject({ status: 200 });
    expect(await suspensions(clientId)).toMatchObject([{ consentId: overrideId, referralIds: [referralId] }]);
    expect(await standing(overrideId)).toEqual([]);
  });

  it('is suspended when the client decides under another id of theirs', async () => {
    const { clientId, overrideId, referralId } = await sent();
    const again = await clientOfTeam(stage, [officer, supervisor]);
    await linkIds(stage, again, clientId);
    expect(await refuse(again)).toMatchObject({ status: 201 });
    expect(await suspensions(clientId)).toMatchObject([{ consentId: overrideId, referralIds: [referralId] }]);
  });

  it('goes on where the law obliges to, whatever the client decides', async () => {
    const { clientId, overrideId } = await sent({ legalBasis: 'legal_obligation' });
    expect(await refuse(clientId)).toMatchObject({ status: 201 });
    expect(await suspensions(clientId)).toEqual([]);
    expect(await standing(overrideId)).toEqual([overrideId]);
  });

  it('stands only from the approval on', async () => {
    const clientId = await clientOfTeam(stage, [officer, supervisor]);
    const asked = {
      recipient: 'ombudsman',
      purpose: 'referral',
      categories: ['contact'],
      justification: 'Unconscious.',
    };
    const body = { ...asked, legalBasis: 'vital_interest', validUntil: inDays(stage, 5) };
    const { overrideId } = (await post(clientId, 'overrides', officer, body)).body;
    expect(await standing(overrideId)).toEqual([]);
    await post(clientId, `overrides/${overrideId}/approval`, supervisor);
    expect(await standing(overrideId)).toEqual([overrideId]);
  });

  it('is waited for until every referral has answered', async () => {
    const { clientId, overrideId, referralId } = await sent();
    await post(clientId, `overrides/${overrideId}/revocation`, officer, { reason: 'no_longer_needed' });
    const typesOf = async (): Promise<readonly string[]> => {
      const types: string[] = [];
      const stream = `consent_process-${processIdOf(consentWithdrawal, overrideId)}`;
      for await (const { type } of stage.log.readStream(stream)) types.push(type);
      return types;
    };
    await eventually(async () => expect(await typesOf()).toEqual(['ProcessStarted', 'ProcessStepTaken']));
    stage.clock.advance({ minutes: 6 });
    await eventually(async () => expect(await suspensions(clientId)).toHaveLength(2));
    await stage.busOf('referral').publish(topicOf('referral'), [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/referral', subject: referralId, sequence: 1 },
        ...{ type: referralMessages.withdrawalApplied.type, time: stage.clock.now() },
        ...{ datacontenttype: 'application/json', correlationid: randomUUID(), causationid: randomUUID() },
        data: { referralId, clientId, consentId: overrideId, outcome: 'suspended', appliedAt: stage.clock.now() },
      },
    ]);
    await eventually(async () => expect((await typesOf()).at(-1)).toBe('ProcessCompleted'));
  });
});
