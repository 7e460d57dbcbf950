import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consentMessages, topicOf } from '@waymark/contracts';
import type { Message } from '@waymark/messaging';
import { eventually } from '@waymark/testing';
import { type ConsentStage, inDays, opening, startConsentStage, teamChanged, toOmbudsman } from './consent.fixture.js';

const amina = { as: 'amina.officer' };
const referral = { as: 'service:referral' };

describe('disclosing by consent', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());
  const consents = (clientId: string) => `/v1/clients/${clientId}/consents`;
  const disclosures = (clientId: string) => `/v1/clients/${clientId}/disclosures`;
  const decision = (clientId: string, query = 'recipient=ombudsman&purpose=referral&categories=contact') =>
    `/v1/clients/${clientId}/decision?${query}`;

  async function newClient(): Promise<string> {
    const clientId = randomUUID();
    await stage.team(clientId, ['amina.officer']);
    return clientId;
  }

  async function consented(clientId: string, changed: object = {}): Promise<string> {
    const { status, body } = await stage.post(consents(clientId), { ...amina, body: toOmbudsman(stage, changed) });
    expect(body).toEqual({ consentId: expect.any(String) });
    expect(status).toBe(201);
    return body.consentId;
  }

  const disclose = (clientId: string, changed: object = {}, key = randomUUID()) =>
    stage.post(disclosures(clientId), { ...referral, body: opening(stage, changed), key });

  const withdraw = (clientId: string, consentId: string, way = 'oral') =>
    stage.post(`${consents(clientId)}/${consentId}/withdrawal`, { ...amina, body: { way } });

  /** All of an answer by which somebody could tell what exists from what does not. */
  const seen = ({ status, body }: { status: number; body: object }) => ({ status, ...body, instance: undefined });

  it('refuses before any consent and keeps the attempt in the log', async () => {
    const clientId = await newClient();
    const refused = await disclose(clientId, { act: 'send', onBehalfOf: stage.idOf('amina.officer') });
    expect(refused).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(await stage.eventsOf(clientId)).toMatchObject([
      {
        type: 'DisclosureRefused',
        data: { recipient: 'ombudsman', purpose: 'referral', act: 'send', reason: 'no_consent' },
        metadata: {
          actor: { kind: 'service', id: 'referral' },
          onBehalfOf: stage.idOf('amina.officer'),
          purpose: 'referral',
        },
      },
    ]);
  });

  it('allows under a consent, and cites its event and that of the disclosure', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    const allowed = await disclose(clientId);
    expect(allowed).toMatchObject({ status: 201, body: { consentId, disclosureId: expect.any(String) } });
    const [given, disclosed] = await stage.eventsOf(clientId);
    expect(given).toMatchObject({ type: 'ConsentGiven', id: consentId, data: { consentId, clientId } });
    expect(disclosed).toMatchObject({
      type: 'DisclosureRecorded',
      id: allowed.body.disclosureId,
      data: { consentId, disclosureId: allowed.body.disclosureId, onBehalfOf: stage.idOf('olivier.ombudsman') },
    });
  });

  it('seals how the client was asked, and shows it to the team byte for byte', async () => {
    const clientId = await newClient();
    const canary = `كناري ${randomUUID()}`;
    const sealed = { language: 'swh', interpreter: canary, explained: canary, withheld: canary, witnessedBy: canary };
    const consentId = await consented(clientId, { ...sealed, form: 'verbal_witnessed', capacity: 'supported' });
    const [given] = await stage.eventsOf(clientId);
    expect(JSON.stringify(given?.data)).not.toMatch(/كناري|swh|supported/);
    const { body } = await stage.get(consents(clientId), amina);
    expect(body.items).toEqual([
      {
        ...toOmbudsman(stage, { ...sealed, form: 'verbal_witnessed', capacity: 'supported' }),
        consentId,
        status: 'in_force',
        givenAt: stage.clock.now(),
      },
    ]);
  });

  it('hides the client from an officer outside the team just like one who does not exist', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    const nobody = randomUUID();
    for (const as of ['kwame.officer', 'ingrid.supervisor']) {
      const body = toOmbudsman(stage);
      const tries = (id: string) =>
        Promise.all([
          stage.get(consents(id), { as }),
          stage.get(decision(id), { as }),
          stage.post(consents(id), { as, body }),
          stage.post(`${consents(id)}/${consentId}/withdrawal`, { as, body: { way: 'oral' } }),
        ]);
      const real = (await tries(clientId)).map(seen);
      expect(real).toEqual((await tries(nobody)).map(seen));
      expect(real.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    }
    expect(await stage.eventsOf(clientId)).toHaveLength(1);
    expect(await stage.eventsOf(nobody)).toHaveLength(0);
  });

  it('lets only the referral service authorise disclosures', async () => {
    const clientId = await newClient();
    await consented(clientId);
    for (const as of ['amina.officer', 'olivier.ombudsman', 'jonas.auditor', 'service:case'])
      expect(await stage.post(disclosures(clientId), { as, body: opening(stage) })).toMatchObject({ status: 403 });
    expect(await stage.post(disclosures(clientId), { body: opening(stage) })).toMatchObject({ status: 401 });
  });

  it('shuts out an officer who leaves the team, and takes a message that comes twice once', async () => {
    const clientId = randomUUID();
    const message = await stage.team(clientId, ['amina.officer', 'lucia.officer']);
    await stage.publish(message);
    const left = teamChanged({ clientId, caseId: message.subject, team: [stage.idOf('lucia.officer')], sequence: 3 });
    await stage.publish(left, message, left);
    await eventually(async () => (await stage.get(consents(clientId), amina)).status === 404);
    expect(await stage.get(consents(clientId), { as: 'lucia.officer' })).toMatchObject({
      status: 200,
      body: { items: [] },
    });
    expect(await stage.query('consent', 'SELECT 1 FROM case_teams WHERE client_id = $1', [clientId])).toHaveLength(1);
  });

  it('refuses every opening that begins after the client has withdrawn with their receipt', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    const token = await stage.receipt(clientId, 'client');
    const mine = await stage.get('/v1/my-consents', { token });
    expect(mine.body.items).toMatchObject([{ consentId, status: 'in_force' }]);
    expect(await stage.post(`/v1/my-consents/${consentId}/withdrawal`, { token })).toMatchObject({
      status: 200,
      body: { consentId, status: 'withdrawn' },
    });
    expect(await disclose(clientId)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    const after = await stage.get('/v1/my-consents', { token });
    expect(after.body.items).toMatchObject([{ status: 'withdrawn', withdrawnBy: 'receipt' }]);
    expect((await stage.eventsOf(clientId)).map(({ type }) => type)).toEqual([
      'ConsentGiven',
      'ConsentWithdrawn',
      'DisclosureRefused',
    ]);
  });

  it('takes a withdrawal once', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    expect(await withdraw(clientId, consentId, 'written')).toMatchObject({ status: 200 });
    expect(await withdraw(clientId, consentId)).toMatchObject({
      status: 409,
      body: { code: 'consent_already_withdrawn' },
    });
    expect(await withdraw(clientId, randomUUID())).toMatchObject({ status: 404 });
  });

  it('gives a receipt that is not the client’s nothing, and a client nothing of another client', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    const reporter = await stage.receipt(clientId, 'reporter');
    const stranger = await stage.receipt(randomUUID(), 'client');
    for (const path of ['/v1/my-consents', '/v1/my-ledger']) {
      expect(await stage.get(path, { token: reporter })).toMatchObject({ status: 403 });
      expect((await stage.get(path, { token: stranger })).body).toMatchObject({ items: [] });
      expect(await stage.get(path)).toMatchObject({ status: 401 });
      expect(await stage.get(path, amina)).toMatchObject({ status: 403 });
    }
    const withdrawal = (id: string) => `/v1/my-consents/${id}/withdrawal`;
    expect(await stage.post(withdrawal(consentId), { token: reporter })).toMatchObject({ status: 403 });
    const [real, none] = await Promise.all(
      [consentId, randomUUID()].map((id) => stage.post(withdrawal(id), { token: stranger })),
    );
    expect(real).toMatchObject({ status: 404 });
    expect(real && seen(real)).toEqual(none && seen(none));
  });

  it('answers a retry as the first time, also when its answer was lost and the state has changed since', async () => {
    const clientId = await newClient();
    const [refusedKey, allowedKey] = [randomUUID(), randomUUID()];
    const body = opening(stage);
    const ask = (key: string) => stage.post(disclosures(clientId), { ...referral, body, key });
    const loseAnswers = () => stage.query('consent', 'DELETE FROM idempotency');
    const refused = await ask(refusedKey);
    expect(refused).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    const consentId = await consented(clientId);
    const allowed = await ask(allowedKey);
    expect(allowed.status).toBe(201);
    await loseAnswers();
    expect(seen(await ask(refusedKey))).toEqual(seen(refused));
    await withdraw(clientId, consentId);
    for (let retry = 0; retry < 2; retry += 1) {
      expect(seen(await ask(allowedKey))).toEqual(seen(allowed));
      expect(seen(await ask(refusedKey))).toEqual(seen(refused));
      await loseAnswers();
    }
    expect((await stage.eventsOf(clientId)).map(({ type }) => type)).toEqual([
      'DisclosureRefused',
      'ConsentGiven',
      'DisclosureRecorded',
      'ConsentWithdrawn',
    ]);
  });

  it('takes one of many attempts with the same key at once', async () => {
    const clientId = await newClient();
    const [key, body] = [randomUUID(), toOmbudsman(stage)];
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stage.post(consents(clientId), { ...amina, body, key })),
    );
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.consentId}`)).size).toBe(1);
    expect(await stage.eventsOf(clientId)).toHaveLength(1);
  });

  it('says what it would have decided at any past moment', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    await withdraw(clientId, consentId);
    const recorded = await stage.eventsOf(clientId);
    stage.clock.advance({ minutes: 1 });
    const [given, withdrawn] = recorded.map(({ recordedAt }) => recordedAt);
    const justBefore = new Date(Date.parse(given ?? '') - 1).toISOString();
    const at = async (moment?: string, who: object = amina) =>
      (await stage.get(decision(clientId) + (moment ? `&at=${moment}` : ''), who)).body;
    expect(await at(justBefore)).toEqual({ allowed: false, reason: 'no_consent', at: justBefore });
    expect(await at(given)).toEqual({ allowed: true, consentId, reason: 'covered', at: given });
    expect(await at(withdrawn)).toEqual({ allowed: false, reason: 'withdrawn', at: withdrawn });
    expect(await at(undefined, referral)).toMatchObject({ allowed: false, reason: 'withdrawn' });
  });

  it.each([
    ['a moment that lies ahead', 'recipient=ombudsman&purpose=referral&categories=contact&at=2999-01-01T00:00:00Z'],
    ['an unknown category', 'recipient=ombudsman&purpose=referral&categories=contact,everything'],
    ['no purpose', 'recipient=ombudsman&categories=contact'],
  ])('refuses to decide with %s', async (_what, query) => {
    const clientId = await newClient();
    expect(await stage.get(decision(clientId, query), amina)).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', errors: [{ field: expect.any(String), rule: expect.any(String) }] },
    });
  });

  it.each([
    ['an end in the past', { validUntil: '2020-01-01T00:00:00Z' }, 'invalid_validity', 'validUntil'],
    ['an end after more than 24 months', { validUntil: '2999-01-01T00:00:00Z' }, 'invalid_validity', 'validUntil'],
    ['no witness of a verbal consent', { form: 'verbal_witnessed' }, 'invalid_witness', 'witnessedBy'],
    ['no category', { categories: [] }, 'invalid_input', 'categories'],
    ['an unknown unit', { recipient: 'press' }, 'invalid_input', 'recipient'],
    ['an unknown field', { always: true }, 'invalid_input', 'always'],
  ])('does not take a consent with %s, and names the field', async (_what, changed, code, field) => {
    const clientId = await newClient();
    const answer = await stage.post(consents(clientId), { ...amina, body: toOmbudsman(stage, changed) });
    const errors = [{ field, rule: code === 'invalid_input' ? expect.any(String) : code, message: expect.any(String) }];
    expect(answer).toMatchObject({ status: 422, body: { code, errors } });
    expect(await stage.eventsOf(clientId)).toHaveLength(0);
  });

  it('records a client’s no as well', async () => {
    const clientId = await newClient();
    const { validUntil: _, form: __, ...body } = toOmbudsman(stage, { reason: 'not now' });
    const refused = await stage.post(`/v1/clients/${clientId}/consent-refusals`, { ...amina, body });
    expect(refused).toMatchObject({ status: 201, body: { clientId } });
    const [event] = await stage.eventsOf(clientId);
    expect(event).toMatchObject({ type: 'ConsentRefused', data: { recipient: 'ombudsman' } });
    expect(JSON.stringify(event?.data)).not.toContain('not now');
    expect(await disclose(clientId)).toMatchObject({ status: 409 });
  });

  it('records every read with its ground', async () => {
    const clientId = await newClient();
    await stage.get(consents(clientId), amina);
    await stage.get('/v1/my-ledger', { token: await stage.receipt(clientId, 'client') });
    const reads = [];
    for await (const { data } of stage.log.readStream(`consent_access-${clientId}`)) reads.push(data);
    expect(reads).toMatchObject([
      { what: 'ListConsents', ground: 'team', outcome: 'allowed', clientId },
      { what: 'GetMyLedger', ground: 'receipt', outcome: 'allowed', clientId },
    ]);
  });

  it('tells the other services who may get what, and of the withdrawal, without a word of what is sealed', async () => {
    const clientId = await newClient();
    const received: Message[] = [];
    const subscription = stage.busOf('referral').subscribe({
      group: `test-${randomUUID()}`,
      topics: [topicOf('consent')],
      handle: async (message) => void (message.subject === clientId && received.push(message)),
      unreadable: async () => undefined,
    });
    const consentId = await consented(clientId, { explained: 'canary' });
    await withdraw(clientId, consentId);
    await eventually(() => received.length === 2);
    await subscription.stop();
    const scope = { clientId, consentId, recipient: 'ombudsman', categories: ['contact', 'matter_summary'] };
    expect(received).toMatchObject([
      { type: consentMessages.consentGiven.type, sequence: 1, data: scope },
      { type: consentMessages.consentWithdrawn.type, sequence: 2, data: scope },
    ]);
    expect(JSON.stringify(received)).not.toContain('canary');
  });

  it('ends a consent at its time, and the clock says so once', async () => {
    const clientId = await newClient();
    const consentId = await consented(clientId);
    await consented(clientId, { purpose: 'mediation', validUntil: inDays(stage, 300) });
    stage.clock.advance({ days: 30 });
    expect(await disclose(clientId)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    await eventually(async () => {
      const expired = (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ConsentExpired');
      expect(expired).toMatchObject([{ data: { consentId }, metadata: { actor: { kind: 'clock' } } }]);
    });
    await eventually(async () => {
      const left = await stage.query('consent', 'SELECT 1 FROM consent_clocks WHERE client_id = $1', [clientId]);
      expect(left).toHaveLength(1);
    });
    const { body } = await stage.get(consents(clientId), amina);
    expect(body.items).toMatchObject([{ status: 'in_force' }, { consentId, status: 'expired' }]);
  });
});
