import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  caseMessages,
  intakeMessages,
  type MessageContract,
  referralMessages,
  type ReferralResult,
  type ResponseBand,
} from '@waymark/contracts';
import type { Message } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { newFacts } from './facts.fixture.js';
import { reporting } from './reporting.service.js';

const hidden = { shown: false };
const shown = (count: number) => ({ shown: true, count });

jest.setTimeout(120_000);

describe('the reports', () => {
  let stage: Stage;
  const message = newFacts();
  beforeAll(async () => {
    stage = await startStage({ services: [reporting], logLevel: 'error' });
    stage.clock.set('2026-06-15T08:00:00.000Z');
  });
  afterAll(() => stage?.close());

  /** Publishes as the service that tells of it, and waits until reporting has it. */
  const tell = async (service: string, contract: MessageContract, messages: readonly Message[]): Promise<void> => {
    await stage.busOf(service).publish(contract.topic, messages);
    await eventually(async () => {
      const ids = messages.map(({ id }) => id);
      const rows = await stage.query('reporting', 'SELECT 1 FROM inbox WHERE message_id = ANY($1)', [ids]);
      return rows.length === messages.length;
    });
  };
  const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const read = async (path: string, as = 'priya.analyst') =>
    stage.ask('reporting', 'GET', `/v1/reports/${path}`, { as });

  describe('on first responses', () => {
    const { responseAwaited, responseGiven } = intakeMessages;
    const contact = (month: string, channel: 'phone' | 'portal', measurable = true): string => {
      const factId = randomUUID();
      waiting.push(message(responseAwaited, { factId, month, channel, measurable }));
      return factId;
    };
    const answer = (factId: string, band?: ResponseBand): Message =>
      message(responseGiven, { factId, ...(band ? { band } : {}) });
    const waiting: Message[] = [];
    const told = async (...answers: Message[]): Promise<void> => {
      await tell('intake', responseAwaited, [...waiting.splice(0), ...answers]);
    };
    let unanswered: string[] = [];

    it('tell how many were answered in time, how long it took, and what stays out of the figure', async () => {
      const soon = times(20, () => contact('2026-01', 'phone'));
      const late = times(10, () => contact('2026-01', 'phone'));
      unanswered = times(10, () => contact('2026-01', 'phone'));
      const vague = times(6, () => contact('2026-01', 'phone', false));
      await told(
        ...soon.map((id) => answer(id, 'within_4_hours')),
        ...late.map((id) => answer(id, 'within_72_hours')),
        ...vague.map((id) => answer(id)),
      );
      const { body } = await read('first-response?period=2026-01');
      expect(body.rows[0]).toMatchObject({
        ...{ channel: 'all', contacts: shown(46), within24Hours: shown(20), late: shown(10) },
        ...{ unanswered: shown(10), imprecise: shown(6), shareWithin24Hours: 0.5 },
      });
      // All 20 in one band: beside their sum it would tell that nobody was in the others. So the median cannot be told.
      expect(body.rows[0]).not.toHaveProperty('medianBand');
      expect(body.rows[0].bands).toMatchObject({ within_4_hours: hidden, within_1_hour: hidden });
      expect(body.position).toMatch(/^\d+$/);
    });

    it('change by an answer that comes late, and by a contact that is entered late, in the month of the contact', async () => {
      const enteredLate = times(5, () => contact('2026-01', 'phone'));
      await told(...[...unanswered, ...enteredLate].map((id) => answer(id, 'after_72_hours')));
      const { body } = await read('first-response?period=2026-01');
      expect(body.rows[0]).toMatchObject({ contacts: shown(51), late: shown(25), unanswered: hidden });
    });

    it('hide a small channel and another one with it', async () => {
      for (const [channel, count] of [
        ['phone', 9],
        ['portal', 2],
      ] as const) {
        const ids = times(count, () => contact('2026-02', channel));
        await told(...ids.map((id) => answer(id, 'within_1_hour')));
      }
      const { body } = await read('first-response?period=2026-02');
      expect(body.rows).toMatchObject([{ channel: 'all', contacts: shown(11) }]);
    });
  });

  describe('on referrals', () => {
    const { referralCounted, resultCounted } = referralMessages;
    const send = (count: number, unit: 'ombudsman' | 'medical', month = '2026-01') =>
      times(count, () => message(referralCounted, { factId: randomUUID(), month, unit, service: 'mediation' }));
    const became = (sent: readonly Message[], result: ReferralResult) =>
      sent.map(({ subject }) => message(resultCounted, { factId: subject, result }));
    const rowsOf = async () => (await read('referrals?period=2026-01')).body.rows;
    let toOmbudsman: Message[] = [];

    it('tell by unit what became of those sent in a month', async () => {
      toOmbudsman = send(12, 'ombudsman');
      const toMedical = send(14, 'medical');
      await tell('referral', referralCounted, [...toOmbudsman, ...toMedical]);
      await tell('referral', resultCounted, [
        ...became(toOmbudsman.slice(0, 6), 'service_provided'),
        ...became(toMedical.slice(0, 7), 'service_provided'),
      ]);
      // Both results beside their sum would tell that no referral had any of the others.
      expect(await rowsOf()).toEqual([
        { unit: 'all', referrals: shown(26), results: { under_way: shown(13) } },
        { unit: 'medical', referrals: shown(14), results: { under_way: shown(7) } },
        { unit: 'ombudsman', referrals: shown(12), results: { under_way: shown(6) } },
      ]);
    });

    it('change by an outcome that is corrected', async () => {
      await tell('referral', resultCounted, became(toOmbudsman.slice(0, 6), 'not_provided'));
      const [all] = await rowsOf();
      expect(all).toMatchObject({ unit: 'all', referrals: shown(26) });
      expect(all.results).toEqual({ service_provided: shown(7), under_way: shown(13) });
    });
  });

  describe('on the caseload', () => {
    const { stageCounted } = caseMessages;
    const move = (factId: string, month: string, stage: 'engagement' | 'planning' | 'closed') =>
      message(stageCounted, { factId, month, stage });
    const cases = times(20, () => randomUUID());

    it('tell how many were open at the end of a month, at which stage, and what came and went', async () => {
      await tell('case', stageCounted, [
        ...cases.map((id) => move(id, '2026-01', 'engagement')),
        ...cases.slice(0, 8).map((id) => move(id, '2026-02', 'planning')),
        ...cases.slice(8, 14).map((id) => move(id, '2026-02', 'closed')),
      ]);
      const { body } = await read('caseload?asOf=2026-03-15');
      expect(body).toMatchObject({
        // From the open cases of both months and those closed one could compute those opened.
        ...{ asOf: '2026-02-28', open: shown(14), closed: hidden, opened: hidden },
        // And from both stages beside the open ones, that there were none at the others.
        stages: { engagement: hidden, planning: shown(8), follow_up: hidden },
      });
      expect((await read('caseload?asOf=2026-01-31')).body).toMatchObject({ asOf: '2026-01-31', open: shown(20) });
    });

    it('change from the month on in which a case is reopened, and not before', async () => {
      await tell(
        'case',
        stageCounted,
        cases.slice(8, 14).map((id) => move(id, '2026-04', 'engagement')),
      );
      expect((await read('caseload?asOf=2026-03-31')).body).toMatchObject({ open: shown(14) });
      expect((await read('caseload?asOf=2026-04-30')).body).toMatchObject({ open: shown(20), reopened: shown(6) });
    });

    it('name the rule that a date breaks', async () => {
      for (const [asOf, rule] of [
        ['2026-02-30', 'existingDay'],
        ['2026-02', 'matches'],
      ]) {
        const { status, body } = await read(`caseload?asOf=${asOf}`);
        expect(status).toBe(422);
        expect(body.errors).toContainEqual(expect.objectContaining({ field: 'asOf', rule }));
      }
    });
  });

  it('exist for months that are over and of which something is known', async () => {
    for (const path of ['first-response?period=2026-06', 'referrals?period=2025', 'caseload?asOf=2025-12-31'])
      expect((await read(path)).body).toMatchObject({ status: 404, code: 'period_not_available' });
  });

  it('are for analysts, supervisors and programme leads', async () => {
    for (const path of ['first-response?period=2026-01', 'referrals?period=2026-01', 'caseload?asOf=2026-01-31']) {
      for (const person of ['amina.officer', 'olivier.ombudsman', 'jonas.auditor', 'samoa.administrator'])
        expect((await read(path, person)).body).toMatchObject({ status: 403, code: 'role_missing' });
      expect((await read(path, 'ingrid.supervisor')).status).toBe(200);
      expect((await stage.ask('reporting', 'GET', `/v1/reports/${path}`)).status).toBe(401);
    }
  });
});
