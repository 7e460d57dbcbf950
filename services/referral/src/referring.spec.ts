import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { ConsentPeer, reply } from './consent-peer.fixture.js';
import { canary, draftOf, eventsOf, type KnownCase, packageOf, tellTeam, told } from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;

describe('a referral', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let caseBus: Bus;
  let known: KnownCase;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'fatal' });
    peer = await ConsentPeer.on(stage);
    caseBus = stage.busOf('case');
  });
  beforeEach(async () => {
    peer.misbehave();
    known = await tellTeam(stage, caseBus, ['amina.officer', 'lucia.officer']);
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const get = (path: string, as: string) => stage.ask('referral', 'GET', `/v1/referrals${path}`, { as });
  const drafted = async (more: Parameters<typeof draftOf>[1] = {}): Promise<string> => {
    const answer = await post('', { ...amina, body: draftOf(known.caseId, more) });
    expect(answer).toMatchObject({ status: 201, body: { status: 'drafted', events: ['ReferralDrafted'] } });
    return answer.body.referralId;
  };
  const sent = async (more: Parameters<typeof draftOf>[1] = {}): Promise<string> => {
    peer.consent(known.clientId, 'contact', 'matter_summary');
    const id = await drafted(more);
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ status: 200, body: { status: 'sent' } });
    return id;
  };

  it('goes out under a consent, is opened, acknowledged and accepted by the unit', async () => {
    const consentId = peer.consent(known.clientId, 'contact', 'matter_summary');
    const id = await drafted();
    expect((await post(`/${id}/sending`, amina)).status).toBe(200);
    const opened = await post(`/${id}/openings`, olivier);
    expect(opened).toMatchObject({ status: 200, body: { categories: packageOf('contact', 'matter_summary') } });
    expect((await post(`/${id}/acknowledgement`, olivier)).body).toMatchObject({ status: 'acknowledged' });
    expect((await post(`/${id}/acceptance`, olivier)).body).toMatchObject({ status: 'accepted' });
    expect(await eventsOf(stage, id)).toEqual([
      'ReferralDrafted',
      'ReferralSent',
      'ReferralPackageOpened',
      'ReferralAcknowledged',
      'ReferralAccepted',
    ]);
    const [send, open] = peer.asked.slice(-2);
    const asked = {
      recipient: 'ombudsman',
      purpose: 'referral',
      categories: ['contact', 'matter_summary'],
      reference: id,
    };
    expect(send).toMatchObject({
      clientId: known.clientId,
      body: { ...asked, act: 'send', onBehalfOf: stage.idOf('amina.officer') },
    });
    expect(open?.body).toEqual({ ...asked, act: 'open', onBehalfOf: stage.idOf('olivier.ombudsman') });
    const forTeam = await get(`/${id}`, 'amina.officer');
    expect(forTeam.body).toMatchObject({ ...known, consentId, status: 'accepted' });
    const forUnit = await get(`/${id}`, 'olivier.ombudsman');
    expect(forUnit.body).toEqual({
      referralId: id,
      unit: 'ombudsman',
      service: 'mediation',
      purpose: 'referral',
      urgency: 'urgent',
      status: 'accepted',
      categories: ['contact', 'matter_summary'],
      sentAt: stage.clock.now(),
      sentBy: stage.idOf('amina.officer'),
      acknowledgeBy: '2026-03-03T08:00:00.000Z',
      acknowledgedAt: stage.clock.now(),
      decidedAt: stage.clock.now(),
    });
  });

  it('goes out once though it is sent by several at once, and consent is asked once: nothing else stands in the ledger', async () => {
    peer.consent(known.clientId, 'contact', 'matter_summary');
    const id = await drafted();
    const senders = ['amina.officer', 'lucia.officer', 'amina.officer', 'lucia.officer'];
    const answers = await Promise.all(senders.map((as) => post(`/${id}/sending`, { as })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    expect(answers.filter(({ body }) => body.code === 'referral_already_sent')).toHaveLength(3);
    expect(peer.asked.filter(({ body }) => body.reference === id)).toHaveLength(1);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralSent']);
  });

  it('belongs to its case, however the id of the case is spelled', async () => {
    const answer = await post('', { ...amina, body: draftOf(known.caseId.toUpperCase()) });
    expect((await get(`/${answer.body.referralId}`, 'lucia.officer')).body).toMatchObject(known);
  });

  it('is declined with a reason, and cannot be opened any more', async () => {
    const id = await sent();
    await post(`/${id}/acknowledgement`, olivier);
    const declined = await post(`/${id}/decline`, { ...olivier, body: { reason: 'conflict_of_interest' } });
    expect(declined).toMatchObject({ status: 200, body: { status: 'declined' } });
    expect(await post(`/${id}/openings`, olivier)).toMatchObject({ status: 409, body: { code: 'referral_closed' } });
  });

  it('is refused without consent, the attempt is recorded, and it goes out once there is consent', async () => {
    const id = await drafted();
    const key = randomUUID();
    const first = await post(`/${id}/sending`, { ...amina, key });
    expect(first).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    peer.consent(known.clientId, 'contact', 'matter_summary');
    expect(await post(`/${id}/sending`, { ...amina, key })).toMatchObject({ status: 409, body: first.body });
    await stage.query('referral', 'DELETE FROM idempotency');
    const afterLostAnswer = await post(`/${id}/sending`, { ...amina, key });
    expect(afterLostAnswer).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralBlocked']);
    expect((await get(`/${id}`, 'amina.officer')).body).toMatchObject({ status: 'blocked_no_consent' });
    expect((await get(`/${id}`, 'olivier.ombudsman')).status).toBe(404);
    expect((await post(`/${id}/sending`, amina)).body).toMatchObject({ status: 'sent' });
  });

  it('is sent once, however often the same request comes', async () => {
    peer.consent(known.clientId, 'contact', 'matter_summary');
    const id = await drafted();
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(`/${id}/sending`, { ...amina, key })));
    await stage.query('referral', 'DELETE FROM idempotency');
    answers.push(await post(`/${id}/sending`, { ...amina, key }));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: answers[0]?.body });
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralSent']);
    const keys = peer.asked.filter(({ body }) => body.reference === id).map((asked) => asked.key);
    expect(new Set(keys).size).toBe(1);
    expect(await post(`/${id}/sending`, amina)).toMatchObject({ body: { code: 'referral_already_sent' } });
  });

  it('shows the unit the categories that were sent, and no others', async () => {
    peer.consent(known.clientId, 'contact');
    const id = await drafted();
    expect((await post(`/${id}/sending`, amina)).body).toMatchObject({ code: 'consent_missing' });
    const wider = { ...amina, body: { categories: ['contact', 'medical'] } };
    const code = 'invalid_categories';
    expect(await post(`/${id}/sending`, wider)).toMatchObject({
      ...{ status: 422, body: { code, errors: [{ field: 'categories', rule: code }] } },
    });
    expect((await post(`/${id}/sending`, { ...amina, body: { categories: ['contact'] } })).status).toBe(200);
    expect((await post(`/${id}/openings`, olivier)).body.categories).toEqual(packageOf('contact'));
    expect((await get(`/${id}`, 'olivier.ombudsman')).body.categories).toEqual(['contact']);
  });

  it('does not exist for other units, and for its own not before it is sent', async () => {
    const id = await sent();
    const unsent = await drafted();
    const nothing = randomUUID();
    const routes = ['openings', 'acknowledgement', 'acceptance', 'suspension-acknowledgement'];
    for (const [as, missing] of [
      ['elena.ethics', id],
      ['olivier.ombudsman', unsent],
    ] as const) {
      for (const route of routes) {
        const seen = await post(`/${missing}/${route}`, { as });
        expect(seen).toMatchObject(await nothingAt(route, as));
      }
      const declined = { as, body: { reason: 'other' } };
      expect((await post(`/${missing}/decline`, declined)).status).toBe(404);
      expect(strip(await get(`/${missing}`, as))).toEqual(strip(await get(`/${nothing}`, as)));
      const { items } = (await get('', as)).body as { items: { referralId: string }[] };
      expect(items.map(({ referralId }) => referralId)).not.toContain(missing);
    }
    async function nothingAt(route: string, as: string) {
      return strip(await post(`/${nothing}/${route}`, { as }));
    }
  });

  const strip = ({ status, body }: { status: number; body: Record<string, unknown> }) => {
    const { instance: _instance, ...rest } = body;
    return { status, body: rest };
  };

  it('does not exist for officers outside the team, from the moment that they leave it', async () => {
    const id = await sent();
    const outsiders = async (as: string) => [
      strip(await get(`/${id}`, as)),
      strip(await post(`/${id}/sending`, { as })),
      strip(await post('', { as, body: draftOf(known.caseId) })),
    ];
    const nothing = strip(await get(`/${randomUUID()}`, 'kwame.officer'));
    expect(nothing.status).toBe(404);
    for (const answer of await outsiders('kwame.officer')) expect(answer).toEqual(nothing);
    expect((await get('', 'kwame.officer')).body).toEqual({ items: [] });
    expect((await get(`/${id}`, 'lucia.officer')).status).toBe(200);
    await tellTeam(stage, caseBus, ['amina.officer'], known, 2);
    for (const answer of await outsiders('lucia.officer')) expect(answer).toEqual(nothing);
  });

  it('is for officers to write and send, and for focal points to answer', async () => {
    const id = await sent();
    for (const as of ['priya.analyst', 'jonas.auditor', 'marek.clinician'])
      for (const answer of [await get('', as), await get(`/${id}`, as), await post(`/${id}/openings`, { as })])
        expect(answer).toMatchObject({ status: 403, body: { code: 'role_missing' } });
    expect((await post(`/${id}/openings`, amina)).status).toBe(403);
    expect((await post(`/${id}/sending`, olivier)).status).toBe(403);
  });

  it('stays where it is when consent cannot be asked', async () => {
    const unsent = await drafted();
    const id = await sent();
    peer.misbehave((_asked, response) => reply(response, 500, {}));
    const key = randomUUID();
    for (const answer of [await post(`/${unsent}/sending`, { ...amina, key }), await post(`/${id}/openings`, olivier)])
      expect(answer).toMatchObject({ status: 503, body: { code: 'consent_unreachable' } });
    expect(await eventsOf(stage, unsent)).toEqual(['ReferralDrafted']);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralSent']);
    peer.misbehave();
    expect((await post(`/${unsent}/sending`, { ...amina, key })).status).toBe(200);
  });

  it('stands in the list by what is due, page by page', async () => {
    const first = await sent();
    stage.clock.advance({ hours: 1 });
    const second = await sent();
    await post(`/${first}/acknowledgement`, olivier);
    const third = await drafted();
    const pages: { referralId: string }[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const path = `?caseId=${known.caseId}&limit=1${next && `&after=${next}`}`;
      const { body } = await get(path, 'amina.officer');
      pages.push(...body.items);
      next = body.next;
    }
    expect(pages).toMatchObject([
      { referralId: second, status: 'sent', secondsLeft: 86_400 },
      ...[
        { referralId: first, status: 'acknowledged' },
        { referralId: third, status: 'drafted' },
      ].sort((a, b) => a.referralId.localeCompare(b.referralId)),
    ]);
    const ofUnit = (await get('?limit=100', 'olivier.ombudsman')).body.items as object[];
    expect(ofUnit).toContainEqual(expect.objectContaining({ referralId: second, dueAt: '2026-03-03T09:00:00.000Z' }));
    expect(JSON.stringify(ofUnit)).not.toContain(known.caseId);
    expect((await get(`?caseId=${known.caseId}`, 'olivier.ombudsman')).body.items).toEqual([]);
    expect((await get('?after=nonsense', 'olivier.ombudsman')).status).toBe(422);
  });

  it('refuses a package that names a category twice, is empty or too long, without storing anything', async () => {
    const wrong = [
      [],
      packageOf('contact', 'contact'),
      [{ category: 'contact', content: 'x'.repeat(20_001) }],
      [{ category: 'contact', content: ' ' }],
      [{ category: 'gossip', content: 'x' }],
      [null, null],
      ['contact'],
      [{ category: 'contact', content: 'x', more: 'x' }],
    ];
    for (const item of wrong) {
      const answer = await post('', { ...amina, body: { ...draftOf(known.caseId), package: item } });
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
      expect(JSON.stringify(answer.body)).not.toContain('Canary');
    }
  });

  it('tells the others of every change of status, and nothing of the package', async () => {
    const id = await drafted();
    peer.withdraw(known.clientId);
    await post(`/${id}/sending`, amina);
    peer.consent(known.clientId, 'contact', 'matter_summary');
    await post(`/${id}/sending`, amina);
    await post(`/${id}/openings`, olivier);
    await post(`/${id}/acknowledgement`, olivier);
    await eventually(async () => expect(await told(stage, id)).toHaveLength(4));
    const messages = await told(stage, id);
    const moved = { referralId: id, ...known, unit: 'ombudsman', service: 'mediation' };
    expect(messages.map(({ data }) => data)).toMatchObject(
      ['drafted', 'blocked_no_consent', 'sent', 'acknowledged'].map((status) => ({ ...moved, status })),
    );
    expect(JSON.stringify(messages)).not.toContain(canary.slice(0, 10));
  });
});
