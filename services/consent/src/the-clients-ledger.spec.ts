import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConsentStage, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';

describe('the ledger', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  async function newClient(): Promise<string> {
    const clientId = randomUUID();
    await stage.team(clientId, ['amina.officer']);
    return clientId;
  }
  async function consented(clientId: string): Promise<string> {
    const body = toOmbudsman(stage);
    return (await stage.post(`/v1/clients/${clientId}/consents`, { as: 'amina.officer', body })).body.consentId;
  }
  const disclose = (clientId: string, changed: object = {}) =>
    stage.post(`/v1/clients/${clientId}/disclosures`, { as: 'service:referral', body: opening(stage, changed) });

  it('tells the client what was disclosed, to whom, why, when and under which consent', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    const reference = randomUUID();
    const sent = await disclose(clientId, { act: 'send', reference });
    const opened = await disclose(clientId, { reference, categories: ['contact'] });
    await disclose(clientId, { recipient: 'ethics_office' });
    const token = await stage.receipt(clientId, 'client');
    const { body } = await stage.get('/v1/my-ledger', { token });
    const moments = { disclosedAt: expect.any(String), until: toOmbudsman(stage).validUntil };
    const line = { recipient: 'ombudsman', purpose: 'referral', reference, consentId, ...moments };
    const words = { recipient: 'Ombudsman', purpose: 'To pass your matter on to them' };
    expect(body).toEqual({
      language: 'en',
      items: [
        {
          ...{ ...line, act: 'open', categories: ['contact'], disclosureId: opened.body.disclosureId },
          words: { ...words, act: 'Opened by them', categories: ['How to reach you'] },
        },
        {
          ...{ ...line, act: 'send', categories: ['contact', 'matter_summary'], disclosureId: sent.body.disclosureId },
          words: { ...words, act: 'Sent to them', categories: ['How to reach you', 'A summary of the matter'] },
        },
      ],
    });
    const first = await stage.get('/v1/my-ledger?limit=1', { token });
    expect(first.body).toEqual({ language: 'en', items: [body.items[0]], next: opened.body.disclosureId });
    const second = await stage.get(`/v1/my-ledger?limit=1&after=${first.body.next}`, { token });
    expect(second.body).toEqual({ language: 'en', items: [body.items[1]] });
    expect(await stage.get(`/v1/my-ledger?after=${randomUUID()}`, { token })).toMatchObject({ status: 422 });
  });

  it.each([
    ['fr-CH, fr;q=0.9, en;q=0.8', 'fr', 'Ouvert par eux'],
    ['de, es;q=0.5', 'es', 'Abierto por ellos'],
    ['ar', 'ar', 'فتحوه'],
    ['de', 'en', 'Opened by them'],
    [';;;q=nonsense', 'en', 'Opened by them'],
  ])('tells it in the language of the client: %s', async (preferred, language, act) => {
    const clientId = await newClient();
    await consented(clientId);
    await disclose(clientId, {});
    const token = await stage.receipt(clientId, 'client');
    const answer = await stage.get('/v1/my-ledger', { token, headers: { 'accept-language': preferred } });
    expect(answer.body).toMatchObject({ language, items: [{ words: { act } }] });
    expect(answer.headers.get('content-language')).toBe(language);
  });

  it('tells the client that nobody may open it any more once the consent was withdrawn', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    await disclose(clientId, {});
    const token = await stage.receipt(clientId, 'client');
    await stage.post(`/v1/my-consents/${consentId}/withdrawal`, { token });
    const { body } = await stage.get('/v1/my-ledger', { token });
    expect(body.items[0]).toMatchObject({ until: stage.clock.now() });
  });

  it('tells the client that nobody may open it any more once their erasure was approved, and no later', async () => {
    const clientId = await newClient();
    await consented(clientId);
    await disclose(clientId, {});
    const token = await stage.receipt(clientId, 'client');
    const body = { way: 'oral' };
    await stage.post(`/v1/clients/${clientId}/erasure-requests`, { as: 'amina.officer', body });
    const approved = await stage.post(`/v1/clients/${clientId}/erasure-approval`, { as: 'ingrid.supervisor' });
    expect(approved).toMatchObject({ status: 200 });
    const until = stage.clock.now();
    stage.clock.advance({ minutes: 1 });
    expect((await stage.get('/v1/my-ledger', { token })).body.items[0]).toMatchObject({ until });
    expect(await disclose(clientId, {})).toMatchObject({ status: 409 });
  });

  it('is asked for with or without a language', async () => {
    const { parameters } = (await stage.get('/openapi.json')).body.paths['/v1/my-ledger'].get;
    expect(parameters.filter(({ required }: { required?: boolean }) => required === true)).toEqual([]);
    const token = await stage.receipt(await newClient(), 'client');
    expect(await stage.get('/v1/my-ledger', { token })).toMatchObject({ status: 200, body: { language: 'en' } });
  });
});
