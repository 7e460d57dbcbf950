import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from '@waymark/contracts';
import type { Bus } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { ConsentPeer } from './consent-peer.fixture.js';
import {
  adminQuery,
  canary,
  draftOf,
  erasureApproved,
  eventsOf,
  handled,
  type KnownCase,
  suspensionsRequested,
  tellTeam,
  told,
} from './referral.fixture.js';
import { referral } from './referral.service.js';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;

describe('a referral whose client withdraws the consent', () => {
  let stage: Stage;
  let peer: ConsentPeer;
  let consentBus: Bus;
  let known: KnownCase;
  let consentId: string;
  beforeAll(async () => {
    stage = await startStage({ services: [referral], logLevel: 'error' });
    peer = await ConsentPeer.on(stage);
    consentBus = stage.busOf('consent');
  });
  beforeEach(async () => {
    known = await tellTeam(stage, stage.busOf('case'), ['amina.officer']);
    consentId = peer.consent(known.clientId, 'contact', 'matter_summary');
  });
  afterAll(async () => {
    await peer?.stop();
    await stage?.close();
  });

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const get = (path: string, as: string) => stage.ask('referral', 'GET', `/v1/referrals${path}`, { as });
  const sent = async (): Promise<string> => {
    const { referralId } = (await post('', { ...amina, body: draftOf(known.caseId) })).body;
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({ status: 200 });
    return referralId;
  };
  const withdraw = async (...messages: ReturnType<typeof suspensionsRequested>[]) => {
    peer.withdraw(known.clientId);
    await consentBus.publish(topicOf('consent'), messages);
  };
  const suspended = (id: string) =>
    eventually(async () => (await get(`/${id}`, 'amina.officer')).body.status === 'suspended_consent_withdrawn');

  it('goes out and is opened under an override all the same, which each of both events names', async () => {
    peer.withdraw(known.clientId);
    const { referralId } = (await post('', { ...amina, body: draftOf(known.caseId) })).body;
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({ status: 409 });
    const overrideId = peer.override(known.clientId, 'contact', 'matter_summary');
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({ status: 200 });
    const opened = await post(`/${referralId}/openings`, olivier);
    expect(opened).toMatchObject({ status: 200, body: { disclosureId: expect.any(String) } });
    const forTeam = (await get(`/${referralId}`, 'amina.officer')).body;
    expect(forTeam).toMatchObject({ overrideId, status: 'sent' });
    expect(forTeam).not.toHaveProperty('consentId');
    expect((await get(`/${referralId}`, 'olivier.ombudsman')).body).not.toHaveProperty('overrideId');
    const events: object[] = [];
    for await (const event of stage.log.readStream(`referral-${referralId}`)) events.push(event);
    expect(events.slice(2)).toMatchObject([
      { type: 'ReferralSent', data: { overrideId } },
      { type: 'ReferralPackageOpened', data: { overrideId, disclosureId: opened.body.disclosureId } },
    ]);
    peer.withdraw(known.clientId);
    expect(await post(`/${referralId}/openings`, olivier)).toMatchObject({ body: { code: 'consent_missing' } });
  });

  it('that went out under an override is suspended when that is over, not by the withdrawal of a consent', async () => {
    const overrideId = peer.override(known.clientId, 'contact', 'matter_summary');
    const [id, over] = [await sent(), await sent()];
    const message = suspensionsRequested(known, consentId, [id]);
    await consentBus.publish(topicOf('consent'), [message]);
    await handled(stage, message);
    expect((await get(`/${id}`, 'amina.officer')).body).toMatchObject({ status: 'sent' });
    expect(await post(`/${id}/openings`, olivier)).toMatchObject({ status: 200 });
    await withdraw(suspensionsRequested(known, overrideId, [over], 2));
    await suspended(over);
    const shown = (await get(`/${over}`, 'olivier.ombudsman')).body;
    expect(shown).toMatchObject({ notice: 'consent_withdrawn' });
    expect(shown).not.toHaveProperty('service');
    expect(await told(stage, over)).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ consentId: overrideId, outcome: 'suspended' }) }),
    );
  });

  it('is suspended once, though it is asked for twice, each time answered, and the unit is told and says so', async () => {
    const [id, accepted] = [await sent(), await sent()];
    await post(`/${accepted}/acknowledgement`, olivier);
    await post(`/${accepted}/acceptance`, olivier);
    const message = suspensionsRequested(known, consentId, [id, accepted]);
    const again = suspensionsRequested(known, consentId, [id], 2);
    await withdraw(message, message, again);
    await Promise.all([suspended(id), suspended(accepted), handled(stage, again)]);
    const notice = { status: 'suspended_consent_withdrawn', notice: 'consent_withdrawn' };
    const listed = (await get('?limit=100', 'olivier.ombudsman')).body.items as object[];
    for (const referralId of [id, accepted])
      expect(listed).toContainEqual(expect.objectContaining({ referralId, ...notice }));
    expect((await get(`/${id}`, 'olivier.ombudsman')).body).toMatchObject({
      ...notice,
      consentWithdrawnAt: message.time,
    });
    const contents = ['service', 'purpose', 'urgency', 'categories'];
    const shown = (await get(`/${id}`, 'olivier.ombudsman')).body;
    for (const field of contents) expect(shown).not.toHaveProperty(field);
    for (const line of listed.filter((each) => 'referralId' in each && each.referralId === id))
      for (const field of contents) expect(line).not.toHaveProperty(field);
    expect((await get(`/${id}`, 'amina.officer')).body).toMatchObject({ service: expect.any(String) });
    expect((await post(`/${id}/acknowledgement`, olivier)).body).toMatchObject({ code: 'referral_suspended' });
    expect((await post(`/${id}/suspension-acknowledgement`, olivier)).status).toBe(200);
    expect((await get(`/${id}`, 'olivier.ombudsman')).body).not.toHaveProperty('notice');
    expect(await eventsOf(stage, id)).toEqual([
      'ReferralDrafted',
      'ReferralSent',
      'ReferralSuspended',
      'RecipientInformed',
      'WithdrawalApplied',
      'WithdrawalApplied',
      'SuspensionAcknowledged',
    ]);
    await eventually(async () => expect(await told(stage, id)).toHaveLength(5));
    expect((await told(stage, id)).map(({ data }) => data)).toMatchObject([
      { status: 'drafted' },
      { status: 'sent' },
      { status: 'suspended_consent_withdrawn' },
      { referralId: id, consentId, clientId: known.clientId, outcome: 'suspended' },
      { referralId: id, consentId, outcome: 'suspended' },
    ]);
  });

  it('is suspended also when the client is erased, whose key is gone, and the unit is told', async () => {
    const [id, accepted] = [await sent(), await sent()];
    await post(`/${accepted}/acknowledgement`, olivier);
    await post(`/${accepted}/acceptance`, olivier);
    const [erased, suspend] = [
      erasureApproved(known, randomUUID()),
      suspensionsRequested(known, consentId, [id, accepted], 2),
    ];
    await withdraw(erased, suspend);
    await Promise.all([suspended(id), suspended(accepted), handled(stage, erased), handled(stage, suspend)]);
    for (const each of [id, accepted]) {
      const shown = (await get(`/${each}`, 'olivier.ombudsman')).body;
      expect(shown).toMatchObject({ status: 'suspended_consent_withdrawn', notice: 'consent_withdrawn' });
      expect((await post(`/${each}/service-start`, olivier)).body).toMatchObject({ code: 'referral_suspended' });
      expect((await post(`/${each}/suspension-acknowledgement`, olivier)).status).toBe(200);
    }
    expect((await post(`/${id}/acknowledgement`, olivier)).body).toMatchObject({ code: 'referral_suspended' });
    await eventually(async () =>
      expect((await told(stage, id)).map(({ data }) => data)).toContainEqual(
        expect.objectContaining({ consentId, outcome: 'suspended' }),
      ),
    );
  });

  it('tells the unit no longer what it was about, also where it had ended before, or ends afterwards', async () => {
    const [declined, later] = [await sent(), await sent()];
    await post(`/${declined}/acknowledgement`, olivier);
    await post(`/${declined}/decline`, { ...olivier, body: { reason: 'no_capacity' } });
    const message = suspensionsRequested(known, consentId, [declined, later]);
    await withdraw(message);
    await Promise.all([suspended(later), handled(stage, message)]);
    expect(await post(`/${later}/client-decline`, amina)).toMatchObject({ status: 200 });
    peer.consent(known.clientId, 'contact', 'matter_summary');
    const live = await sent();
    const listed = async (as: string, filter = '') =>
      (await get(`?limit=100${filter}`, as)).body.items as readonly { readonly referralId: string }[];
    for (const id of [declined, later]) {
      const line = (await listed('olivier.ombudsman')).find(({ referralId }) => referralId === id);
      const shown = (await get(`/${id}`, 'olivier.ombudsman')).body;
      for (const seen of [line, shown])
        expect({ fields: Object.keys(seen ?? {}) }).toEqual({
          fields: expect.not.arrayContaining(['service', 'urgency']),
        });
      expect(shown).not.toHaveProperty('categories');
      expect((await get(`/${id}`, 'amina.officer')).body).toMatchObject({ urgency: expect.any(String) });
    }
    const { urgency } = (await get(`/${live}`, 'olivier.ombudsman')).body;
    const found = (await listed('olivier.ombudsman', `&urgency=${urgency}`)).map(({ referralId }) => referralId);
    expect(found).toContain(live);
    expect(found).not.toContain(declined);
    expect(found).not.toContain(later);
    expect((await listed('amina.officer', `&urgency=${urgency}`)).map(({ referralId }) => referralId)).toContain(later);
  });

  it('is suspended under the message that told of the withdrawal', async () => {
    const id = await sent();
    const message = suspensionsRequested(known, consentId, [id]);
    await withdraw(message);
    await suspended(id);
    for await (const event of stage.log.readStream(`referral-${id}`, { from: 2 }))
      expect(event.metadata).toMatchObject({
        correlationId: message.correlationid,
        causationId: message.id,
        actor: { kind: 'service', id: 'referral' },
      });
  });

  it('is not sent any more when it was authorised before but the withdrawal came first', async () => {
    const { referralId } = (await post('', { ...amina, body: draftOf(known.caseId) })).body;
    const early = suspensionsRequested(known, consentId, [referralId]);
    await consentBus.publish(topicOf('consent'), [early]);
    await handled(stage, early);
    // The peer still allows what it has authorised.
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({
      status: 409,
      body: { code: 'consent_missing' },
    });
    expect(await eventsOf(stage, referralId)).toEqual(['ReferralDrafted', 'WithdrawalApplied', 'ReferralBlocked']);
  });

  it('is left alone when the consent was another one', async () => {
    const id = await sent();
    const otherConsent = peer.consent(known.clientId, 'contact', 'matter_summary');
    const other = await sent();
    await withdraw(suspensionsRequested(known, otherConsent, [other, id]));
    await suspended(other);
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralSent', 'WithdrawalApplied']);
  });

  it('cannot be opened from that moment, not even with the key of an opening before, and the refusal is on record', async () => {
    const id = await sent();
    const key = randomUUID();
    expect((await post(`/${id}/openings`, { ...olivier, key })).status).toBe(200);
    peer.withdraw(known.clientId);
    for (const options of [{ ...olivier, key }, olivier])
      expect(await post(`/${id}/openings`, options)).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(await eventsOf(stage, id)).toEqual(['ReferralDrafted', 'ReferralSent', 'ReferralPackageOpened']);
    const keys = peer.asked
      .filter(({ body }) => body.reference === id && body.act === 'open')
      .map((asked) => asked.key);
    expect(new Set(keys).size).toBe(3);
    expect(keys).not.toContain(key);
    const reads: unknown[] = [];
    for await (const { data } of stage.log.readStream(`referral_access-${id}`)) reads.push(data);
    const opening = { what: 'OpenPackage', resource: `referral-${id}`, clientId: known.clientId };
    expect(reads).toMatchObject([
      { ...opening, outcome: 'allowed', ground: `consent:${consentId}` },
      { ...opening, outcome: 'refused', ground: 'consent_missing' },
      { ...opening, outcome: 'refused', ground: 'consent_missing' },
    ]);
  });

  it('has left no word of its package in any table, message or stored answer', async () => {
    const id = await sent();
    expect((await post(`/${id}/openings`, { ...olivier, key: randomUUID() })).body.categories[0].content).toContain(
      canary,
    );
    await eventually(async () => (await told(stage, id)).length === 2);
    const tables = `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
    type Ask = <Row extends object>(sql: string) => Promise<Row[]>;
    const databases: Record<string, Ask> = {
      events: (sql) => adminQuery(stage, 'events', sql),
      bus: (sql) => adminQuery(stage, 'bus', sql),
      referral: (sql) => stage.query('referral', sql),
    };
    const word = 'Canary-7Q2';
    const base64 = [0, 1, 2].map((shift) => Buffer.from(word.slice(shift, shift + 6)).toString('base64'));
    const needles = [word, Buffer.from(word).toString('hex'), ...base64];
    const found = new Set<string>();
    for (const [database, ask] of Object.entries(databases))
      for (const { name } of await ask<{ name: string }>(tables))
        for (const { row } of await ask<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)) {
          if (row.includes(id) || row.includes(Buffer.from(id).toString('hex'))) found.add(database);
          for (const needle of needles) expect(row).not.toContain(needle);
        }
    // What the search can find, so that finding nothing means something.
    expect([...found].sort()).toEqual(['bus', 'events', 'referral']);
  });
});
