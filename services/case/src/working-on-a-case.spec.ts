import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus } from '@waymark/messaging';
import { policiesOf } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventsOf, type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const canaries = ['kanarienvogel-actions-🕊️', 'kanarienvogel-note-ليل', 'kanarienvogel-clinical'] as const;
const riskAssessment = {
  instrument: 'desk-risk',
  instrumentVersion: '1.0',
  levels: { safety: 'imminent', retaliation: 'medium' },
  overall: 'imminent',
  immediateActions: canaries[0],
};
const note = { noteClass: 'psychosocial', text: canaries[1] };

describe('working on a case', () => {
  let stage: Stage;
  let intakeBus: Bus;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    intakeBus = stage.busOf('intake');
    opened = await openCaseFor(stage, intakeBus);
  });
  afterAll(() => stage?.close());

  const get = (as: string, path = '', { caseId } = opened) =>
    stage.ask('case', 'GET', `/v1/cases/${caseId}${path}`, { as });
  const post = (as: string, path: string, body: object, { caseId } = opened, key = randomUUID()) =>
    stage.ask('case', 'POST', `/v1/cases/${caseId}${path}`, { as, body, key });
  const listed = async (as: string, query: string) => {
    const { body } = await stage.ask('case', 'GET', `/v1/cases?${query}`, { as });
    return body.items.map(({ caseId }: OpenedCase) => caseId) as string[];
  };

  it('shows risk and its next review to the team and to supervisors', async () => {
    const assessed = await post('amina.officer', '/risk-assessments', riskAssessment);
    expect(assessed.status).toBe(201);
    expect(assessed.headers.get('etag')).toBe('"1"');
    const { riskAssessmentId, reviewDueAt } = assessed.body;
    expect(Date.parse(reviewDueAt) - Date.parse(stage.clock.now())).toBe(24 * 3_600_000);
    for (const reader of ['amina.officer', 'ingrid.supervisor']) {
      const { body } = await get(reader);
      expect(body.lastRiskAssessment).toEqual({
        ...riskAssessment,
        riskAssessmentId,
        reviewDueAt,
        assessedAt: stage.clock.now(),
        assessedBy: stage.idOf('amina.officer'),
      });
      const list = await stage.ask('case', 'GET', `/v1/cases?concernId=${opened.concernId}`, { as: reader });
      expect(list.body.items[0]).toMatchObject({ reviewDueAt });
    }
  });

  it('cannot be told from a case that does not exist by an officer outside the team', async () => {
    const nowhere = { ...opened, caseId: randomUUID() };
    const asked = (target: OpenedCase) =>
      Promise.all([
        get('kwame.officer', '', target),
        get('kwame.officer', '/notes', target),
        post('kwame.officer', '/risk-assessments', riskAssessment, target),
        post('kwame.officer', '/notes', note, target),
        post('kwame.officer', '/stage', { stage: 'assessment' }, target),
        post('kwame.officer', '/stage', { stage: 'engagement' }, target),
        post('kwame.officer', '/risk-assessments', { ...riskAssessment, levels: {} }, target),
        post('kwame.officer', '/stage', { stage: 'closed' }, target),
        post('kwame.officer', '/team-members', { staffId: stage.idOf('kwame.officer') }, target),
        post('kwame.officer', '/officer', { officerId: stage.idOf('kwame.officer') }, target),
        post('kwame.officer', `/team-members/${stage.idOf('amina.officer')}/removal`, {}, target),
        get('marek.clinician', '', target),
        get('marek.clinician', '/notes', target),
      ]);
    const plain = async (target: OpenedCase) =>
      (await asked(target)).map(({ status, headers, body }) => {
        const { instance: _instance, ...rest } = body;
        return { status, etag: headers.get('etag'), position: headers.get('waymark-position'), ...rest };
      });
    const existing = await plain(opened);
    expect(existing).toEqual(await plain(nowhere));
    expect(existing.map(({ status }) => status)).toEqual([
      404, 404, 404, 404, 404, 404, 404, 422, 403, 403, 403, 404, 404,
    ]);
    expect(await listed('kwame.officer', `concernId=${opened.concernId}`)).toEqual([]);
    expect(await listed('kwame.officer', `clientId=${opened.clientId}`)).toEqual([]);
  });

  it('is not for people of other roles, nor for nobody', async () => {
    for (const person of ['olivier.ombudsman', 'priya.analyst', 'samoa.administrator']) {
      expect((await get(person)).body).toMatchObject({ status: 403, code: 'role_missing' });
      expect((await post(person, '/risk-assessments', riskAssessment)).status).toBe(403);
    }
    const anonymous = await stage.ask('case', 'GET', `/v1/cases/${opened.caseId}`);
    expect(anonymous.body).toMatchObject({ status: 401, code: 'token_missing' });
    const supervising = await post('ingrid.supervisor', '/risk-assessments', riskAssessment);
    expect(supervising.body).toMatchObject({ status: 409, code: 'caller_not_on_team' });
  });

  it('is for a supervisor on the team as for its officers: whoever accepts a concern works on its case', async () => {
    const led = await openCaseFor(stage, intakeBus, 'ingrid.supervisor');
    const note = { noteClass: 'administrative', text: 'She asked to be called by Lucía.' };
    expect((await post('ingrid.supervisor', '/risk-assessments', riskAssessment, led)).status).toBe(201);
    expect((await post('ingrid.supervisor', '/notes', note, led)).status).toBe(201);
    expect((await post('tomas.supervisor', '/notes', note, led)).body.code).toBe('caller_not_on_team');
  });

  it('begins for a member the moment they are added, and ends the moment they are removed', async () => {
    const lucia = stage.idOf('lucia.officer');
    expect((await get('lucia.officer')).status).toBe(404);
    const added = await post('ingrid.supervisor', '/team-members', { staffId: lucia });
    expect(added).toMatchObject({ status: 200, body: { team: [stage.idOf('amina.officer'), lucia] } });
    expect((await get('lucia.officer')).status).toBe(200);
    expect(await listed('lucia.officer', `concernId=${opened.concernId}`)).toEqual([opened.caseId]);
    expect((await post('lucia.officer', '/stage', { stage: 'assessment' })).status).toBe(200);

    expect((await post('ingrid.supervisor', '/team-members', { staffId: lucia })).body.code).toBe('already_on_team');
    expect((await post('ingrid.supervisor', `/team-members/${lucia}/removal`, {})).status).toBe(200);
    expect((await get('lucia.officer')).status).toBe(404);
    expect(await listed('lucia.officer', `concernId=${opened.concernId}`)).toEqual([]);
    expect((await post('lucia.officer', '/risk-assessments', riskAssessment)).status).toBe(404);
    const again = await post('ingrid.supervisor', `/team-members/${lucia}/removal`, {});
    expect(again.body).toMatchObject({ status: 404, code: 'team_member_not_found' });
  });

  it('passes to another officer, who sees it at once while the one before no longer does', async () => {
    const passed = await openCaseFor(stage, intakeBus, 'meilin.officer');
    const officerId = stage.idOf('kwame.officer');
    const answer = await post('tomas.supervisor', '/officer', { officerId }, passed);
    expect(answer).toMatchObject({ status: 200, body: { officerId, team: [officerId], events: ['OfficerAssigned'] } });
    expect((await get('kwame.officer', '', passed)).status).toBe(200);
    expect((await get('meilin.officer', '', passed)).status).toBe(404);
    const removal = await post('tomas.supervisor', `/team-members/${officerId}/removal`, {}, passed);
    expect(removal.body).toMatchObject({ status: 409, code: 'officer_not_removable' });
  });

  it('gives a retry the first answer and records once; the same key for something else is refused', async () => {
    const target = await openCaseFor(stage, intakeBus);
    const key = randomUUID();
    const first = await post('amina.officer', '/risk-assessments', riskAssessment, target, key);
    const retry = await post('amina.officer', '/risk-assessments', riskAssessment, target, key);
    expect(retry).toMatchObject({ status: 201, body: first.body });
    const other = await post('amina.officer', '/risk-assessments', { ...riskAssessment, overall: 'low' }, target, key);
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect(await eventsOf(stage, target.caseId)).toEqual(['CaseOpened', 'RiskAssessed']);
  });

  it('loses none of 20 assessments made at the same moment', async () => {
    const target = await openCaseFor(stage, intakeBus);
    const answers = await Promise.all(
      [...Array(20).keys()].map(() => post('amina.officer', '/risk-assessments', riskAssessment, target)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map(({ body }) => body.riskAssessmentId)).size).toBe(20);
    expect(await eventsOf(stage, target.caseId)).toEqual(['CaseOpened', ...Array(20).fill('RiskAssessed')]);
  });

  it('lists the cases never assessed first, then by their next review, page by page, each once', async () => {
    const cases: OpenedCase[] = [];
    for (const level of ['low', 'high', undefined, 'medium']) {
      const next = await openCaseFor(stage, intakeBus, 'meilin.officer');
      const assessed = { ...riskAssessment, levels: { safety: level }, overall: level };
      if (level) await post('meilin.officer', '/risk-assessments', assessed, next);
      cases.push(next);
    }
    const paged: string[] = [];
    let after = '';
    do {
      const { body } = await stage.ask('case', 'GET', `/v1/cases?limit=1${after}`, { as: 'meilin.officer' });
      paged.push(...body.items.map(({ caseId }: OpenedCase) => caseId));
      after = body.next ? `&after=${body.next}` : '';
    } while (after);
    const [low, high, never, medium] = cases.map(({ caseId }) => caseId);
    expect(paged).toEqual([never, high, medium, low]);
    const forged = await stage.ask('case', 'GET', '/v1/cases?after=bm90IG91cnM', { as: 'meilin.officer' });
    expect(forged.body).toMatchObject({ status: 422, errors: [{ field: 'after', rule: 'cursor' }] });
  });

  it('finds a case by its code, however it is written down, for whoever may know of it', async () => {
    const { caseId, caseCode } = (await get('amina.officer')).body;
    const byCode = (as: string, code: string) => listed(as, `caseCode=${code}`);
    for (const written of [caseCode, caseCode.toLowerCase(), caseCode.replace('-', '')])
      expect(await byCode('amina.officer', written)).toEqual([caseId]);
    expect(await byCode('ingrid.supervisor', caseCode)).toEqual([caseId]);
    expect(await byCode('meilin.officer', caseCode)).toEqual([]);
    expect(await byCode('amina.officer', caseCode === 'K7RM-2XQD' ? 'K7RM-2XQF' : 'K7RM-2XQD')).toEqual([]);
    const refused = await stage.ask('case', 'GET', '/v1/cases?caseCode=AEIO-UAEI', { as: 'amina.officer' });
    expect(refused.body).toMatchObject({ status: 422, errors: [{ field: 'caseCode', rule: 'matches' }] });
  });

  it('shows clinical notes to their author and to clinicians on the team only', async () => {
    await post('ingrid.supervisor', '/team-members', { staffId: stage.idOf('marek.clinician') });
    await post('ingrid.supervisor', '/team-members', { staffId: stage.idOf('lucia.officer') });
    expect((await post('amina.officer', '/notes', note)).status).toBe(201);
    await post('amina.officer', '/notes', { noteClass: 'clinical', text: canaries[2] });
    const texts = async (as: string) => {
      const { body } = await get(as, '/notes');
      return body.items.map(({ text }: { text: string }) => text) as string[];
    };
    expect(await texts('amina.officer')).toEqual([canaries[1], canaries[2]]);
    expect(await texts('marek.clinician')).toEqual([canaries[1], canaries[2]]);
    expect(await texts('lucia.officer')).toEqual([canaries[1]]);
    expect(await texts('ingrid.supervisor')).toEqual([canaries[1]]);
  });

  it('refuses what breaks a rule, naming the field', async () => {
    const wrong: [string, object, string][] = [
      ['/risk-assessments', { ...riskAssessment, levels: { safety: 'severe' } }, 'levels.safety'],
      ['/risk-assessments', { ...riskAssessment, levels: { weather: 'high' } }, 'levels.weather'],
      ['/risk-assessments', { ...riskAssessment, instrument: 'what she told me' }, 'instrument'],
      ['/risk-assessments', { ...riskAssessment, overall: undefined }, 'overall'],
      ['/stage', { stage: 'closed' }, 'stage'],
      ['/notes', { ...note, noteClass: 'secret' }, 'noteClass'],
    ];
    for (const [path, body, field] of wrong) {
      const refused = await post('amina.officer', path, body);
      expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ field }] } });
    }
    const lucia = stage.idOf('lucia.officer');
    const removal = await post('ingrid.supervisor', `/team-members/${lucia}/removal`, { because: 'of that' });
    expect(removal).toMatchObject({ status: 422, body: { errors: [{ field: 'because' }] } });
    const nothing = await post('amina.officer', '/risk-assessments', { ...riskAssessment, levels: {} });
    const code = 'invalid_risk_levels';
    expect(nothing.body).toMatchObject({ status: 422, code, errors: [{ field: 'levels', rule: code }] });
  });

  it('leaves a record of who read it, and on what ground', async () => {
    await get('amina.officer');
    await get('ingrid.supervisor');
    const { events } = await stage.log.readAll({ after: 0n, categories: ['case_access'], limit: 1000 });
    const reads = events.map(({ metadata, data }) => ({ reader: metadata.actor.id, ...data }));
    const resource = `case-${opened.caseId}`;
    const what = { resource, what: 'GetCase', clientId: opened.clientId, outcome: 'allowed' };
    expect(reads).toContainEqual({ reader: stage.idOf('amina.officer'), ground: 'team', ...what });
    expect(reads).toContainEqual({ reader: stage.idOf('ingrid.supervisor'), ground: 'supervisor', ...what });
  });

  it('keeps risk, actions and notes out of the log and of every table in the clear', async () => {
    await post('amina.officer', '/risk-assessments', riskAssessment);
    for (const text of canaries.slice(1)) await post('amina.officer', '/notes', { ...note, text });
    const secret = [...canaries, 'imminent', 'psychosocial'];
    const page = await stage.log.readAll({ after: 0n, limit: 1000 });
    // The words of the policies are about nobody.
    const events = page.events.filter(({ stream }) => stream !== policiesOf('case'));
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['RiskAssessed', 'NoteWritten']));
    const tables = await stage.query<{ name: string }>(
      'case',
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' OR table_schema ~ '^cases_v'`,
    );
    expect(tables.map(({ name }) => name)).toContain('cases');
    const rows = await Promise.all(
      tables.map(({ name }) => stage.query('case', `SELECT t::text AS row FROM "${name}" AS t`)),
    );
    const written = JSON.stringify([events.map(({ data, metadata }) => [data, metadata]), rows]);
    for (const each of secret) expect(written).not.toContain(each);
  });
});
