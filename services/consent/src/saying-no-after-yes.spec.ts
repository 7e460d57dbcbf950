import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AskOptions } from '@waymark/stage';
import { clientOfTeam, type ConsentStage, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';

describe('a client who says no after they had said yes', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const known = (): Promise<string> => clientOfTeam(stage, [officer]);
  const agree = async (clientId: string, changed: object = {}): Promise<string> => {
    const body = toOmbudsman(stage, changed);
    return (await stage.post(`/v1/clients/${clientId}/consents`, { as: officer, body })).body.consentId;
  };
  const refuse = (clientId: string, changed: object = {}, options: AskOptions = {}) => {
    const { validUntil: _until, form: _form, ...asked } = toOmbudsman(stage, changed);
    return stage.post(`/v1/clients/${clientId}/consent-refusals`, { as: officer, body: asked, ...options });
  };
  const disclose = (clientId: string, changed: object = {}) =>
    stage.post(`/v1/clients/${clientId}/disclosures`, { as: 'service:referral', body: opening(stage, changed) });
  const consents = async (clientId: string): Promise<Readonly<Record<string, string>>> => {
    const { items } = (await stage.get(`/v1/clients/${clientId}/consents`, { as: officer })).body;
    return Object.fromEntries(items.map((each: Record<string, string>) => [each.consentId, each.status]));
  };
  /** The same person under another id, which is on nobody's team. */
  const linkedTo = async (clientId: string): Promise<string> => {
    const earlierClientId = await known();
    await linkIds(stage, clientId, earlierClientId);
    return earlierClientId;
  };
  const withdrawalsOf = async (clientId: string) =>
    (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ConsentWithdrawn');
  const refused = { status: 409, body: { code: 'consent_missing' } };

  it('is obeyed at once: what was allowed is withdrawn, what went out is to be suspended', async () => {
    const clientId = await known();
    const [consentId, reference] = [await agree(clientId), randomUUID()];
    expect(await disclose(clientId, { act: 'send', reference })).toMatchObject({ status: 201 });
    const answer = await refuse(clientId, { way: 'written' });
    expect(answer).toMatchObject({ status: 201, body: { clientId, withdrawnConsentIds: [consentId] } });
    expect(await disclose(clientId, { reference })).toMatchObject(refused);
    expect(await consents(clientId)).toEqual({ [consentId]: 'withdrawn' });
    const [withdrawal] = await withdrawalsOf(clientId);
    expect(withdrawal).toMatchObject({ data: { consentId, way: 'written' } });
    const asked = (await stage.eventsOf(clientId)).filter(({ type }) => type === 'SuspensionsRequested');
    expect(asked).toMatchObject([{ data: { consentId, referralIds: [reference] } }]);
  });

  it('keeps what they allowed otherwise', async () => {
    const clientId = await known();
    const others = [
      await agree(clientId, { categories: ['medical'] }),
      await agree(clientId, { recipient: 'ethics_office' }),
      await agree(clientId, { purpose: 'mediation' }),
    ];
    expect(await refuse(clientId)).toMatchObject({ status: 201, body: { withdrawnConsentIds: [] } });
    expect(await consents(clientId)).toEqual(Object.fromEntries(others.map((id) => [id, 'in_force'])));
  });

  it('is obeyed under every id they have, and a retry withdraws nothing that they allowed since', async () => {
    const clientId = await known();
    const earlierId = await linkedTo(clientId);
    const [here, there] = [await agree(clientId), await agree(earlierId)];
    const key = randomUUID();
    const answer = await refuse(clientId, {}, { key });
    expect(answer).toMatchObject({ status: 201, body: { withdrawnConsentIds: [here, there] } });
    for (const id of [clientId, earlierId]) expect(await disclose(id)).toMatchObject(refused);
    const [hereSince, thereSince] = [await agree(clientId), await agree(earlierId)];
    // As after a crash between the append and the answer.
    await stage.query('consent', 'DELETE FROM idempotency');
    expect(await refuse(clientId, {}, { key })).toMatchObject({ status: 201, body: answer.body });
    expect(await consents(clientId)).toMatchObject({ [hereSince]: 'in_force', [thereSince]: 'in_force' });
  });

  it('has less allowed and not more where the refusal does not come through, and a retry names all that it ended', async () => {
    const clientId = await known();
    const earlierId = await linkedTo(clientId);
    const [here, there] = [await agree(clientId), await agree(earlierId)];
    const key = randomUUID();
    // Gets as far as whoever dies before the refusal is written.
    const stale = await refuse(clientId, {}, { key, headers: { 'if-match': '"0"' } });
    expect(stale).toMatchObject({ status: 412 });
    expect(await consents(clientId)).toMatchObject({ [here]: 'in_force', [there]: 'withdrawn' });
    const answer = await refuse(clientId, {}, { key });
    expect(answer).toMatchObject({ status: 201, body: { withdrawnConsentIds: [here, there] } });
    expect(await withdrawalsOf(earlierId)).toHaveLength(1);
  });

  it('has withdrawn once, although they withdraw by themselves at the same time', async () => {
    const clientId = await known();
    const earlierId = await linkedTo(clientId);
    const [here, there] = [await agree(clientId), await agree(earlierId)];
    const token = await stage.receipt(clientId, 'client');
    const answers = await Promise.all([
      refuse(clientId),
      ...[here, there].map((id) => stage.post(`/v1/my-consents/${id}/withdrawal`, { token })),
    ]);
    expect(answers[0]).toMatchObject({ status: 201 });
    for (const { status } of answers.slice(1)) expect([200, 409]).toContain(status);
    for (const id of [clientId, earlierId]) {
      expect(await withdrawalsOf(id)).toHaveLength(1);
      expect(await disclose(id)).toMatchObject(refused);
    }
  });

  it('names the field when the way is none', async () => {
    const answer = await refuse(await known(), { way: 'receipt' });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'way' }] } });
  });
});
