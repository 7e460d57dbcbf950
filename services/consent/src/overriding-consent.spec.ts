import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clientOfTeam, type ConsentStage, inDays, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];
const canary = 'kanarie-2U9 فاقدة الوعي';

describe('disclosing without consent', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const asked = (changed: object = {}) => ({
    ...{ recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'matter_summary'] },
    ...{ legalBasis: 'legal_obligation', justification: canary, validUntil: inDays(stage, 5), ...changed },
  });
  const request = (clientId: string, changed: object = {}, as = officer) =>
    stage.post(`/v1/clients/${clientId}/overrides`, { as, body: asked(changed) });
  const act = (clientId: string, overrideId: string, what: string, as: string, body: object = {}) =>
    stage.post(`/v1/clients/${clientId}/overrides/${overrideId}/${what}`, { as, body });
  const approve = (clientId: string, overrideId: string, as = supervisor) => act(clientId, overrideId, 'approval', as);
  const disclose = (clientId: string, changed: object = {}) =>
    stage.post(`/v1/clients/${clientId}/disclosures`, { as: 'service:referral', body: opening(stage, changed) });
  const overridden = async (clientId: string, changed: object = {}): Promise<string> => {
    const { body } = await request(clientId, changed);
    expect(await approve(clientId, body.overrideId)).toMatchObject({ status: 200, body: { status: 'in_force' } });
    return body.overrideId;
  };
  const ledgerOf = async (clientId: string, language = 'en') => {
    const token = await stage.receipt(clientId, 'client');
    const headers = { 'accept-language': language };
    return (await stage.get('/v1/my-ledger', { token, headers })).body.items;
  };
  const typesOf = async (clientId: string) => (await stage.eventsOf(clientId)).map(({ type }) => type);

  it('takes a legal basis and two persons, and the disclosure names both', async () => {
    const clientId = await known();
    expect(await disclose(clientId)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    const answer = await request(clientId);
    expect(answer).toMatchObject({ status: 201, body: { status: 'requested' } });
    const { overrideId } = answer.body;
    expect(await disclose(clientId)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(await approve(clientId, overrideId, officer)).toMatchObject({ status: 403 });
    expect(await approve(clientId, overrideId)).toMatchObject({
      ...{ status: 200, body: { overrideId, status: 'in_force', informBy: inDays(stage, 3) } },
    });
    const allowed = await disclose(clientId);
    expect(allowed).toMatchObject({ status: 201, body: { overrideId, disclosureId: expect.any(String) } });
    expect(allowed.body).not.toHaveProperty('consentId');
    expect((await stage.eventsOf(clientId)).at(-1)).toMatchObject({
      type: 'DisclosureRecorded',
      data: {
        override: {
          ...{ overrideId, legalBasis: 'legal_obligation' },
          ...{ requestedBy: stage.idOf(officer), approvedBy: stage.idOf(supervisor) },
        },
      },
    });
    expect(await disclose(clientId, { categories: ['contact', 'narrative'] })).toMatchObject({ status: 409 });
    expect(await disclose(clientId, { recipient: 'legal' })).toMatchObject({ status: 409 });
    const decision = `/v1/clients/${clientId}/decision?recipient=ombudsman&purpose=referral&categories=contact`;
    expect((await stage.get(decision, { as: officer })).body).toMatchObject({
      ...{ allowed: true, reason: 'overridden', overrideId },
    });
  });

  it('is not approved by the supervisor who asked for it', async () => {
    const clientId = await known();
    const { body } = await request(clientId, {}, supervisor);
    expect(await approve(clientId, body.overrideId)).toMatchObject({
      ...{ status: 409, body: { code: 'approver_is_requester' } },
    });
    expect(await approve(clientId, body.overrideId, another)).toMatchObject({ status: 200 });
  });

  it('is one approval although two supervisors give it at once', async () => {
    const clientId = await known();
    const { body } = await request(clientId);
    const answers = await Promise.all([
      approve(clientId, body.overrideId),
      approve(clientId, body.overrideId, another),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await typesOf(clientId)).filter((type) => type === 'OverrideApproved')).toHaveLength(1);
  });

  it('hides the client from all who are neither of the team nor supervisors', async () => {
    const clientId = await known();
    const overrideId = await overridden(clientId);
    const list = (id: string, as: string) => stage.get(`/v1/clients/${id}/overrides`, { as });
    const missing = { status: 404, body: { code: 'not_found' } };
    expect(await list(clientId, 'kwame.officer')).toMatchObject(missing);
    expect(await list(randomUUID(), supervisor)).toMatchObject(missing);
    expect(await request(clientId, {}, another)).toMatchObject(missing);
    expect(await approve(randomUUID(), overrideId)).toMatchObject(missing);
    expect(await act(clientId, overrideId, 'client-information', another, { way: 'phone' })).toMatchObject(missing);
    const elsewhere = await known();
    expect(await approve(elsewhere, overrideId)).toMatchObject({ status: 404, body: { code: 'override_not_found' } });
    const [shown] = (await list(clientId, another)).body.items;
    expect(shown).toMatchObject({ ...asked(), overrideId, status: 'in_force' });
  });

  it('keeps why sealed', async () => {
    const clientId = await known();
    const overrideId = await overridden(clientId);
    await act(clientId, overrideId, 'informing-delay', supervisor, { reason: canary, informBy: inDays(stage, 9) });
    expect(JSON.stringify((await stage.eventsOf(clientId)).map(({ data }) => data))).not.toContain('kanarie');
    const { body } = await stage.get(`/v1/clients/${clientId}/overrides`, { as: supervisor });
    expect(body.items).toMatchObject([{ justification: canary, delayedBecause: canary }]);
  });

  it('stands in the client’s ledger once they were told, in their words', async () => {
    const clientId = await known();
    const overrideId = await overridden(clientId);
    const { body: allowed } = await disclose(clientId);
    expect(await ledgerOf(clientId)).toEqual([]);
    const told = await act(clientId, overrideId, 'client-information', officer, { way: 'phone' });
    expect(told).toMatchObject({ status: 200, body: { informedAt: stage.clock.now() } });
    const line = {
      ...{ disclosureId: allowed.disclosureId, until: asked().validUntil, act: 'open' },
      override: {
        ...{ overrideId, legalBasis: 'legal_obligation', informedHow: 'phone' },
        ...{ approvedAt: stage.clock.now(), informedAt: stage.clock.now() },
      },
    };
    const [english] = await ledgerOf(clientId);
    expect(english).toMatchObject({ ...line, words: { legalBasis: 'The law obliged us to tell them' } });
    expect(english).not.toHaveProperty('consentId');
    expect(await ledgerOf(clientId, 'fr')).toMatchObject([
      { ...line, words: { legalBasis: 'La loi nous obligeait à les informer' } },
    ]);
    const again = await act(clientId, overrideId, 'client-information', officer, { way: 'phone' });
    expect(again).toMatchObject({ status: 409, body: { code: 'client_already_informed' } });
  });

  it('stands there when nobody told them in time, later only for a reason', async () => {
    const [clientId, delayed] = [await known(), await known()];
    await overridden(clientId);
    const overrideId = await overridden(delayed);
    await Promise.all([disclose(clientId), disclose(delayed)]);
    const delay = { reason: canary, informBy: inDays(stage, 20) };
    expect(await act(delayed, overrideId, 'informing-delay', officer, delay)).toMatchObject({ status: 403 });
    expect(await act(delayed, overrideId, 'informing-delay', supervisor, delay)).toMatchObject({ status: 200 });
    stage.clock.advance({ hours: 73 });
    expect(await ledgerOf(clientId)).toHaveLength(1);
    expect(await ledgerOf(delayed)).toEqual([]);
    stage.clock.advance({ hours: 18 * 24 });
    const [line] = await ledgerOf(delayed);
    expect(line.override).not.toHaveProperty('informedAt');
  });

  it('goes on after a withdrawal where the law obliges to, and shows the withdrawal', async () => {
    const clientId = await known();
    const body = toOmbudsman(stage);
    const consent = await stage.post(`/v1/clients/${clientId}/consents`, { as: officer, body });
    const overrideId = await overridden(clientId);
    expect((await disclose(clientId)).body).toMatchObject({ consentId: consent.body.consentId });
    const withdrawal = `/v1/clients/${clientId}/consents/${consent.body.consentId}/withdrawal`;
    expect(await stage.post(withdrawal, { as: officer, body: { way: 'oral' } })).toMatchObject({ status: 200 });
    expect((await disclose(clientId)).body).toMatchObject({ overrideId });
    await act(clientId, overrideId, 'client-information', officer, { way: 'written' });
    expect(await ledgerOf(clientId)).toMatchObject([
      { override: { overrideId, consentWithdrawnAt: stage.clock.now() } },
      { consentId: consent.body.consentId },
    ]);
  });

  it('of a vital interest ends with the client’s own decision: nothing that begins after its answer is disclosed', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const clientId = await known();
      await overridden(clientId, { legalBasis: 'vital_interest' });
      const { validUntil: _until, form: _form, ...refusal } = toOmbudsman(stage);
      const refuse = stage.post(`/v1/clients/${clientId}/consent-refusals`, { as: officer, body: refusal });
      const during = Promise.all(Array.from({ length: 5 }, () => disclose(clientId)));
      expect(await refuse).toMatchObject({ status: 201 });
      const after = await Promise.all(Array.from({ length: 3 }, () => disclose(clientId)));
      expect(after.map(({ status }) => status)).toEqual([409, 409, 409]);
      await during;
      const types = await typesOf(clientId);
      expect(types.slice(types.indexOf('ConsentRefused'))).not.toContain('DisclosureRecorded');
    }
  });

  it('is refused in words that name field and rule when it goes too far', async () => {
    const clientId = await known();
    const tooLong = { legalBasis: 'vital_interest', validUntil: inDays(stage, 8) };
    expect(await request(clientId, tooLong)).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_override_validity',
        errors: [{ field: 'validUntil', rule: 'invalid_override_validity' }],
      },
    });
    expect(await request(clientId, { legalBasis: 'curiosity' })).toMatchObject({
      ...{ status: 422, body: { errors: [{ field: 'legalBasis' }] } },
    });
    expect(await typesOf(clientId)).toEqual([]);
  });
});
