import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intakeMessages, topicOf } from '@waymark/contracts';
import { derivedId } from '@waymark/messaging';
import { referral } from '@waymark/referral';
import { type Answer, type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import pg from 'pg';

const amina = { as: 'amina.officer' } as const;
const olivier = { as: 'olivier.ombudsman' } as const;
const elena = { as: 'elena.ethics' } as const;

describe('a referral by consent', () => {
  let stage: Stage;
  let caseId: string;
  let clientId: string;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService, consent, referral], logLevel: 'fatal' });
  });
  beforeEach(async () => {
    const concern = { concernId: randomUUID(), clientId: randomUUID(), officerId: stage.idOf('amina.officer') };
    clientId = concern.clientId;
    caseId = derivedId('case', concern.concernId);
    await stage.busOf('intake').publish(topicOf('intake'), [
      {
        specversion: '1.0',
        id: randomUUID(),
        source: '/waymark/intake',
        type: intakeMessages.concernAccepted.type,
        subject: concern.concernId,
        time: stage.clock.now(),
        datacontenttype: 'application/json',
        sequence: 1,
        correlationid: randomUUID(),
        causationid: randomUUID(),
        data: { ...concern, acceptedAt: stage.clock.now() },
      },
    ]);
    await eventually(async () => {
      for (const service of ['consent', 'referral'])
        expect(await stage.query(service, 'SELECT 1 FROM case_teams WHERE case_id = $1', [caseId])).toHaveLength(1);
    });
  });
  afterAll(() => stage?.close());

  const post = (path: string, options: Parameters<Stage['ask']>[3]) =>
    stage.ask('referral', 'POST', `/v1/referrals${path}`, options);
  const draft = async (): Promise<string> => {
    const body = {
      caseId,
      unit: 'ombudsman',
      service: 'mediation',
      purpose: 'referral',
      urgency: 'routine',
      package: [
        { category: 'contact', content: 'By letter only.' },
        { category: 'matter_summary', content: 'رسائل في الليل' },
        { category: 'narrative', content: 'What she told us at length.' },
      ],
    };
    return (await post('', { ...amina, body })).body.referralId;
  };
  const give = async (...categories: string[]): Promise<string> => {
    const body = {
      recipient: 'ombudsman',
      purpose: 'referral',
      categories,
      language: 'ar',
      explained: 'Who would read it, what for, and that she can take it back.',
      capacity: 'self',
      form: 'written',
      validUntil: '2026-06-02T00:00:00.000Z',
    };
    const given = await stage.ask('consent', 'POST', `/v1/clients/${clientId}/consents`, { ...amina, body });
    expect(given).toMatchObject({ status: 201 });
    return given.body.consentId;
  };
  const withdraw = (consentId: string) =>
    stage.ask('consent', 'POST', `/v1/clients/${clientId}/consents/${consentId}/withdrawal`, {
      ...amina,
      body: { way: 'oral' },
    });
  const events = async (stream: string) => {
    const found: { type: string; id: string; data: Record<string, unknown> }[] = [];
    for await (const { type, id, data } of stage.log.readStream(stream)) found.push({ type, id, data: { ...data } });
    return found;
  };
  const sendTo = async (): Promise<{ referralId: string; consentId: string }> => {
    const consentId = await give('contact', 'matter_summary', 'narrative');
    const referralId = await draft();
    expect((await post(`/${referralId}/sending`, amina)).status).toBe(200);
    return { referralId, consentId };
  };

  it('is refused before the client consents, and goes out with what she consented to', async () => {
    const referralId = await draft();
    expect(await post(`/${referralId}/sending`, amina)).toMatchObject({
      status: 409,
      body: { code: 'consent_missing' },
    });
    const consentId = await give('contact', 'matter_summary');
    expect((await post(`/${referralId}/sending`, amina)).body).toMatchObject({ code: 'consent_missing' });
    const chosen = { ...amina, body: { categories: ['contact', 'matter_summary'] } };
    expect((await post(`/${referralId}/sending`, chosen)).status).toBe(200);
    const opened = await post(`/${referralId}/openings`, olivier);
    expect(opened.body.categories).toEqual([
      { category: 'contact', content: 'By letter only.' },
      { category: 'matter_summary', content: 'رسائل في الليل' },
    ]);
    const ledger = await events(`consent-${clientId}`);
    const cited = (await events(`referral-${referralId}`)).filter(({ data }) => 'disclosureId' in data);
    expect(cited.map(({ type }) => type)).toEqual(['ReferralSent', 'ReferralPackageOpened']);
    for (const { data } of cited) {
      expect(data.consentId).toBe(consentId);
      expect(ledger.find(({ id }) => id === consentId)?.type).toBe('ConsentGiven');
      expect(ledger.find(({ id }) => id === data.disclosureId)).toMatchObject({
        type: 'DisclosureRecorded',
        data: { reference: referralId, consentId, categories: ['contact', 'matter_summary'] },
      });
    }
  });

  it('is for the Ombudsman: the Ethics Office gets what an id that does not exist gets', async () => {
    const { referralId } = await sendTo();
    const refusal = async (answer: Promise<Answer>) => {
      const { status, body } = await answer;
      return { status, ...body, instance: '' };
    };
    const nothing = await refusal(post(`/${randomUUID()}/openings`, elena));
    expect(nothing.status).toBe(404);
    for (const route of ['openings', 'acknowledgement', 'acceptance'])
      expect(await refusal(post(`/${referralId}/${route}`, elena))).toEqual(nothing);
    expect((await post(`/${referralId}/acknowledgement`, olivier)).status).toBe(200);
    expect((await post(`/${referralId}/acceptance`, olivier)).status).toBe(200);
  });

  it('is not opened after the withdrawal was acknowledged, is suspended, and the unit is told', async () => {
    const { referralId, consentId } = await sendTo();
    expect((await post(`/${referralId}/openings`, olivier)).status).toBe(200);
    expect((await withdraw(consentId)).status).toBe(200);
    expect((await post(`/${referralId}/openings`, olivier)).status).toBe(409);
    await eventually(async () => {
      const { body } = await stage.ask('referral', 'GET', '/v1/referrals?limit=100', olivier);
      const notice = { referralId, status: 'suspended_consent_withdrawn', notice: 'consent_withdrawn' };
      expect(body.items).toContainEqual(expect.objectContaining(notice));
    });
    expect((await post(`/${referralId}/openings`, olivier)).body).toMatchObject({ code: 'referral_suspended' });
  });

  it('is opened before the withdrawal or not at all, however the two interleave', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { referralId, consentId } = await sendTo();
      let acknowledged = false;
      const outcomes: { readonly status: number; readonly begunAfter: boolean }[] = [];
      const openAgainAndAgain = async (): Promise<void> => {
        for (let begunAfter = false; !begunAfter;) {
          begunAfter = acknowledged;
          const { status } = await post(`/${referralId}/openings`, olivier);
          outcomes.push({ status, begunAfter });
        }
      };
      const openers = [1, 2, 3].map(openAgainAndAgain);
      await eventually(() => outcomes.length > round);
      expect((await withdraw(consentId)).status).toBe(200);
      acknowledged = true;
      await Promise.all(openers);

      expect(outcomes.filter(({ begunAfter, status }) => begunAfter && status !== 409)).toEqual([]);
      const ledger = await events(`consent-${clientId}`);
      const withdrawnAt = ledger.findIndex(
        ({ type, data }) => type === 'ConsentWithdrawn' && data.consentId === consentId,
      );
      const openings = (await events(`referral-${referralId}`)).filter(({ type }) => type === 'ReferralPackageOpened');
      expect(openings).toHaveLength(outcomes.filter(({ status }) => status === 200).length);
      for (const { data } of openings) {
        const recordedAt = ledger.findIndex(({ id }) => id === data.disclosureId);
        expect(recordedAt).toBeGreaterThanOrEqual(0);
        expect(recordedAt).toBeLessThan(withdrawnAt);
      }
    }
  });

  /** Referral hears nothing until it is over. */
  const withoutMessages = async (work: () => Promise<void>): Promise<void> => {
    const client = new pg.Client({ connectionString: stage.environmentOf('referral').DATABASE_URL });
    await client.connect();
    try {
      await client.query('BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE');
      await work();
    } finally {
      await client.end();
    }
  };

  it('tells the unit what it is about before the withdrawal or not at all, however the two interleave', async () => {
    const told = async (referralId: string): Promise<readonly boolean[]> => {
      const { body: one } = await stage.ask('referral', 'GET', `/v1/referrals/${referralId}`, olivier);
      const { body } = await stage.ask('referral', 'GET', '/v1/referrals?limit=100', olivier);
      const line = body.items.find((each: { readonly referralId: string }) => each.referralId === referralId);
      return [one, line].map((seen) => ['service', 'purpose', 'urgency', 'categories'].some((field) => field in seen));
    };
    for (let round = 0; round < 6; round += 1) {
      const { referralId, consentId } = await sendTo();
      let acknowledged = false;
      const outcomes: { readonly seen: readonly boolean[]; readonly begunAfter: boolean }[] = [];
      const readAgainAndAgain = async (): Promise<void> => {
        for (let begunAfter = false; !begunAfter;) {
          begunAfter = acknowledged;
          outcomes.push({ seen: await told(referralId), begunAfter });
        }
      };
      const readers = [1, 2, 3].map(readAgainAndAgain);
      await eventually(() => outcomes.length > round);
      await withoutMessages(async () => {
        expect((await withdraw(consentId)).status).toBe(200);
        acknowledged = true;
        await Promise.all(readers);
      });
      expect(outcomes[0]).toEqual({ seen: [true, true], begunAfter: false });
      const late = outcomes.filter(({ begunAfter }) => begunAfter);
      expect(late.length).toBeGreaterThan(0);
      expect(late.filter(({ seen }) => seen.includes(true))).toEqual([]);
    }
  });

  it('neither leaves nor opens while the consent service is down', async () => {
    const { referralId } = await sendTo();
    const unsent = await draft();
    await stage.stop('consent');
    const key = randomUUID();
    for (const answer of [
      await post(`/${unsent}/sending`, { ...amina, key }),
      await post(`/${referralId}/openings`, olivier),
    ])
      expect(answer).toMatchObject({ status: 503, body: { code: 'consent_unreachable' } });
    await stage.start('consent');
    expect(await events(`referral-${unsent}`)).toHaveLength(1);
    expect(await events(`referral-${referralId}`)).toHaveLength(2);
    expect((await post(`/${unsent}/sending`, { ...amina, key })).status).toBe(200);
    expect((await post(`/${referralId}/openings`, olivier)).status).toBe(200);
  });
});
