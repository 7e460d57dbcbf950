import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConsentStage, inDays, startConsentStage, toOmbudsman } from './consent.fixture.js';

const amina = { as: 'amina.officer' };

describe('which consents stand', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const consented = async (clientId: string, changed: object = {}): Promise<string> => {
    await stage.team(clientId, ['amina.officer']);
    const body = toOmbudsman(stage, changed);
    return (await stage.post(`/v1/clients/${clientId}/consents`, { ...amina, body })).body.consentId;
  };
  const ask = (consentIds: readonly unknown[], as = 'service:referral') =>
    stage.post('/v1/standing-consents', { as, body: { consentIds } });
  const standing = async (...consentIds: readonly string[]): Promise<readonly string[]> =>
    (await ask(consentIds)).body.consentIds;

  it('is told of those that are given, until the answer to a withdrawal, and never of an id that is none', async () => {
    const clientId = randomUUID();
    const [one, other] = [await consented(clientId), await consented(clientId, { recipient: 'medical' })];
    const none = randomUUID();
    expect(await standing(one, none, other)).toEqual([one, other].toSorted());
    expect(await standing()).toEqual([]);
    const path = `/v1/clients/${clientId}/consents/${one}/withdrawal`;
    expect(await stage.post(path, { ...amina, body: { way: 'oral' } })).toMatchObject({ status: 200 });
    expect(await standing(one, other)).toEqual([other]);
  });

  it('is told of none from the moment of its end, whether or not the clock has rung', async () => {
    const short = await consented(randomUUID(), { validUntil: inDays(stage, 1) });
    const long = await consented(randomUUID());
    stage.clock.advance({ days: 1 });
    expect(await standing(short, long)).toEqual([long]);
  });

  it('is told of none of a client whose erasure was approved', async () => {
    const [clientId, other] = [randomUUID(), randomUUID()];
    const [gone, stays] = [await consented(clientId), await consented(other)];
    for (const id of [clientId, other])
      await stage.post(`/v1/clients/${id}/erasure-requests`, { ...amina, body: { way: 'oral' } });
    expect(await standing(gone, stays)).toEqual([gone, stays].toSorted());
    const approval = await stage.post(`/v1/clients/${clientId}/erasure-approval`, { as: 'ingrid.supervisor' });
    expect(approval).toMatchObject({ status: 200 });
    expect(await standing(gone, stays)).toEqual([stays]);
  });

  it('is for the referral service alone, two hundred at a time', async () => {
    const ids = Array.from({ length: 201 }, () => randomUUID());
    expect(await ask(ids.slice(1))).toMatchObject({ status: 200, body: { consentIds: [] } });
    const wrong = { status: 422, body: { errors: [{ field: 'consentIds' }] } };
    expect(await ask(ids)).toMatchObject(wrong);
    expect(await ask(['yes'])).toMatchObject({ status: 422 });
    for (const as of ['service:case', 'amina.officer', 'olivier.ombudsman'])
      expect(await ask(ids.slice(1), as)).toMatchObject({ status: 403 });
  });
});
