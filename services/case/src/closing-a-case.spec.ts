import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { referralMessages, type ReferralStatus, topicOf } from '@waymark/contracts';
import type { RejectedField } from '@waymark/event-sourcing';
import type { Bus, Message } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { eventsOf, type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const canaries = ['kanarienvogel-no-final-risk', 'kanarienvogel-open-referral', 'kanarienvogel-reopened'] as const;
const riskAssessment = {
  instrument: 'desk-risk',
  instrumentVersion: '1.0',
  levels: { safety: 'low' },
  overall: 'low',
};

describe('closing a case', () => {
  let stage: Stage;
  let intakeBus: Bus;
  let referralBus: Bus;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    intakeBus = stage.busOf('intake');
    referralBus = stage.busOf('referral');
  });
  afterAll(() => stage?.close());

  const post = (path: string, body: object, { caseId }: OpenedCase, as = 'amina.officer', key = randomUUID()) =>
    stage.ask('case', 'POST', `/v1/cases/${caseId}${path}`, { as, body, key });
  const get = async ({ caseId }: OpenedCase) =>
    (await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: 'amina.officer' })).body;
  const assessed = async (): Promise<OpenedCase> => {
    const opened = await openCaseFor(stage, intakeBus);
    expect((await post('/risk-assessments', riskAssessment, opened)).status).toBe(201);
    return opened;
  };
  const listed = async (query: string): Promise<string[]> => {
    const { body } = await stage.ask('case', 'GET', `/v1/cases?${query}`, { as: 'amina.officer' });
    return body.items.map(({ caseId }: OpenedCase) => caseId);
  };
  /** The referral service tells where a referral of the case stands, and the case service has heard it. */
  const referralIs = async (
    { caseId, clientId }: OpenedCase,
    status: ReferralStatus,
    referralId: string = randomUUID(),
    sequence = 1,
  ): Promise<string> => {
    const [id, time] = [randomUUID(), '2026-03-02T08:00:00.000Z'];
    const ids = { correlationid: randomUUID(), causationid: randomUUID() };
    const message: Message = {
      ...{ specversion: '1.0', id, source: '/waymark/referral', type: referralMessages.referralMoved.type },
      ...{ subject: referralId, time, datacontenttype: 'application/json', sequence, ...ids },
      data: { referralId, caseId, clientId, unit: 'ombudsman', service: 'mediation', status, movedAt: time },
    };
    await referralBus.publish(topicOf('referral'), [message]);
    await eventually(async () => {
      const rows = await stage.query('case', 'SELECT 1 FROM inbox WHERE message_id = $1', [id]);
      return rows.length === 1;
    });
    return referralId;
  };

  it('with a final risk level is told to the others, and it leaves the list but for those who look for it', async () => {
    const heard: Message[] = [];
    const subscription = stage.busOf('consent').subscribe({
      group: `listener-${randomUUID()}`,
      topics: [topicOf('case')],
      handle: async (message) => void heard.push(message),
      unreadable: async () => undefined,
    });
    const opened = await assessed();
    const { caseId, clientId } = opened;
    const answer = await post('/closure', { closureReason: 'needs_met' }, opened);
    expect(answer).toMatchObject({ status: 200, body: { stage: 'closed', events: ['CaseClosed'] } });
    const closure = { closureReason: 'needs_met', closedAt: stage.clock.now(), closedBy: stage.idOf('amina.officer') };
    expect(await get(opened)).toMatchObject({ stage: 'closed', closure });
    expect(await listed('limit=100')).not.toContain(caseId);
    for (const query of [`clientId=${clientId}`, 'stage=closed']) expect(await listed(query)).toContain(caseId);

    const reopened = await post('/reopening', { reason: canaries[2] }, opened, 'ingrid.supervisor');
    expect(reopened).toMatchObject({ status: 200, body: { stage: 'engagement', events: ['CaseReopened'] } });
    const again = await get(opened);
    expect(again).not.toHaveProperty('closure');
    const reopening = {
      reason: canaries[2],
      reopenedAt: stage.clock.now(),
      reopenedBy: stage.idOf('ingrid.supervisor'),
    };
    expect(again).toMatchObject({ reopening });
    expect(await listed('limit=100')).toContain(caseId);
    const about = () => heard.filter(({ subject, type }) => subject === caseId && /closed|reopened/.test(type));
    await eventually(() => about().length === 2);
    await subscription.stop();
    expect(about()).toMatchObject([
      { type: 'case.case-closed.v1', data: { caseId, clientId, closedAt: stage.clock.now() } },
      { type: 'case.case-reopened.v1', data: { caseId, clientId, reopenedAt: stage.clock.now() } },
    ]);
  });

  it('without one is refused, unless it is said why; so is work on it afterwards', async () => {
    const opened = await openCaseFor(stage, intakeBus);
    const refused = await post('/closure', { closureReason: 'unreachable_30_days' }, opened);
    expect(refused.body).toMatchObject({ status: 409, code: 'final_risk_missing' });
    const explained = { closureReason: 'unreachable_30_days', noFinalRiskBecause: canaries[0] };
    expect((await post('/closure', explained, opened)).status).toBe(200);
    expect(await get(opened)).toMatchObject({ closure: explained });
    expect((await post('/risk-assessments', riskAssessment, opened)).body.code).toBe('case_closed');
    expect((await post('/stage', { stage: 'planning' }, opened)).body.code).toBe('case_closed');
    const { body } = await post('/reopening', {}, opened);
    expect(body).toMatchObject({
      status: 422,
      errors: expect.arrayContaining([expect.objectContaining({ field: 'reason' })]),
    });
  });

  it('is refused while a referral is open as far as it was told, unless each is explained, and says which are not', async () => {
    const opened = await assessed();
    const [one, other] = [await referralIs(opened, 'accepted'), await referralIs(opened, 'sent')];
    await referralIs(opened, 'completed');
    const explain = (...ids: string[]) => ({
      closureReason: 'transferred',
      openReferrals: ids.map((referralId) => ({ referralId, explanation: canaries[1] })),
    });
    for (const [body, missing] of [
      [explain(), [one, other].sort()],
      [explain(one), [other]],
      [explain(one, randomUUID()), [other]],
    ] as const) {
      const refused = (await post('/closure', body, opened)).body;
      expect(refused).toMatchObject({ status: 409, code: 'open_referrals_unexplained' });
      expect(refused.errors.map(({ field, rule }: RejectedField) => [field, rule])).toEqual(
        missing.map((id) => [`openReferrals.${id}`, 'explained']),
      );
    }
    await referralIs(opened, 'declined', other, 2);
    expect((await post('/closure', explain(one), opened)).status).toBe(200);
    expect(await get(opened)).toMatchObject({ closure: explain(one) });
  });

  it('cannot be told from closing one that does not exist by an officer outside the team', async () => {
    const opened = await assessed();
    for (const target of [opened, { ...opened, caseId: randomUUID() }])
      for (const [path, body] of [
        ['/closure', { closureReason: 'needs_met' }],
        ['/reopening', { reason: 'because' }],
      ] as const)
        expect((await post(path, body, target, 'kwame.officer')).body).toMatchObject({
          status: 404,
          code: 'not_found',
        });
  });

  it('happens once, whoever else is closing it, and a retry gets the first answer', async () => {
    const opened = await assessed();
    const key = randomUUID();
    const close = () => post('/closure', { closureReason: 'needs_met' }, opened, 'amina.officer', key);
    const answers = await Promise.all([...Array(5).keys()].map(close));
    for (const { status, body } of answers)
      expect({ status, body }).toMatchObject({ status: 200, body: answers[0]?.body });
    const again = await post('/closure', { closureReason: 'other' }, opened, 'ingrid.supervisor');
    expect(again.body).toMatchObject({ status: 409, code: 'case_closed' });
    expect(await eventsOf(stage, opened.caseId)).toEqual(['CaseOpened', 'RiskAssessed', 'CaseClosed']);
  });

  it('keeps why out of the log and of every message in the clear', async () => {
    const { events } = await stage.log.readAll({ after: 0n, limit: 1000 });
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['CaseClosed', 'CaseReopened']));
    const written = JSON.stringify(events.map(({ data, metadata }) => [data, metadata]));
    for (const secret of [...canaries, 'needs_met', 'unreachable_30_days']) expect(written).not.toContain(secret);
  });
});
