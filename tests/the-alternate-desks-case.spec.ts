import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { acceptedCase } from './accepted-case.fixture.js';
import { routesOfCase } from './routes-of-a-case.fixture.js';

jest.setTimeout(120_000);

const [officer, supervisor, head] = ['amina.officer', 'ingrid.supervisor', 'nadia.head'];
const [alternate, alternateSupervisor] = ['beatriz.officer', 'samuel.supervisor'];
const risk = { instrument: 'desk-risk', instrumentVersion: '1.0', levels: { safety: 'low' }, overall: 'low' };

describe('the case of a concern about the desk itself', () => {
  let stage: Stage;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake, caseService], logLevel: 'error', environment });
  });
  afterAll(() => stage?.close());

  const caseOf = async (as: string, excluded: object = {}): Promise<string> => {
    const told = { kind: 'concern_report', identity: 'confidential', reporterRelation: 'affected_person' };
    const body = {
      ...{ ...told, matter: ['retaliation'], language: 'en', immediateDanger: false, narrative: 'It is the desk.' },
      exclusions: { people: [], roles: [], units: [], ...excluded },
    };
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body });
    expect(raised).toMatchObject({ status: 201 });
    return acceptedCase(stage, raised.body.concernId, as);
  };
  const aboutTheDesk = (): Promise<string> => caseOf(alternate, { units: ['support_desk'] });
  const ask = (method: 'GET' | 'POST', caseId: string, as: string, path = '', body: object = {}) =>
    stage.ask('case', method, `/v1/cases/${caseId}${path}`, { as, body });
  const listOf = async (as: string, query = ''): Promise<readonly string[]> =>
    (await stage.ask('case', 'GET', `/v1/cases?limit=100${query}`, { as })).body.items.map(
      (line: { caseId: string }) => line.caseId,
    );

  it.each<[string, object]>([
    ['its unit', { units: ['support_desk'] }],
    ['all officers', { roles: ['officer'] }],
  ])('is worked on at the alternate desk, where the reporter shut out %s', async (_whom, excluded) => {
    const caseId = await caseOf(alternate, excluded);
    const [id, other] = [stage.idOf(alternate), stage.idOf('sofia.counsellor')];
    expect(await ask('GET', caseId, alternate)).toMatchObject({ status: 200, body: { officerId: id, team: [id] } });
    expect(await ask('POST', caseId, alternate, '/risk-assessments', risk)).toMatchObject({ status: 201 });
    expect(await ask('GET', caseId, alternateSupervisor)).toMatchObject({ status: 200 });
    const joined = await ask('POST', caseId, alternateSupervisor, '/team-members', { staffId: other });
    expect(joined).toMatchObject({ status: 200 });
    expect(await ask('GET', caseId, 'sofia.counsellor')).toMatchObject({ status: 200 });
    for (const as of [alternate, alternateSupervisor]) expect(await listOf(as)).toContain(caseId);
  });

  it.each<[string, object]>([
    ['its unit', { units: ['support_desk'] }],
    ['all officers', { roles: ['officer'] }],
  ])('does not exist for the supervisors of the desk, where the reporter shut out %s', async (_whom, excluded) => {
    const caseId = await caseOf(alternate, excluded);
    const { concernId } = (await ask('GET', caseId, alternate)).body;
    for (const as of [supervisor, head]) {
      for (const [method, path, body] of routesOfCase) {
        const [answer, nothing] = [
          await ask(method, caseId, as, path, body),
          await ask(method, randomUUID(), as, path, body),
        ].map(({ status, body: { instance: _other, ...rest } }) => ({ status, rest }));
        expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
        expect(answer).toEqual(nothing);
      }
      expect(await listOf(as)).not.toContain(caseId);
      expect(await listOf(as, `&concernId=${concernId}`)).toEqual([]);
    }
  });

  it('is not opened by an officer of the desk in an emergency, nor by one who was brought onto its team', async () => {
    const caseId = await aboutTheDesk();
    const glass = { purpose: 'vital_interest', reason: 'She cannot be found.', hours: 1 };
    const broken = (as: string) => ask('POST', caseId, as, '/emergency-accesses', glass);
    expect(await broken(officer)).toMatchObject({ status: 404 });
    const staffId = stage.idOf(officer);
    await ask('POST', caseId, alternateSupervisor, '/team-members', { staffId });
    expect(await ask('GET', caseId, officer)).toMatchObject({ status: 404 });
    expect(await listOf(officer)).not.toContain(caseId);

    expect(await broken('jonas.auditor')).toMatchObject({ status: 201 });
    const emergencies = async (as: string): Promise<readonly string[]> =>
      (await stage.ask('case', 'GET', '/v1/emergency-accesses?limit=100', { as })).body.items.map(
        (line: { caseId: string }) => line.caseId,
      );
    expect(await emergencies(alternateSupervisor)).toContain(caseId);
    expect(await emergencies(supervisor)).not.toContain(caseId);
  });

  it('is all that the supervisor of the alternate desk sees: the cases of the desk do not exist for them', async () => {
    const caseId = await caseOf(officer);
    expect(await ask('GET', caseId, supervisor)).toMatchObject({ status: 200 });
    expect(await ask('GET', caseId, alternateSupervisor)).toMatchObject({ status: 404 });
    expect(await listOf(alternateSupervisor)).not.toContain(caseId);
    expect(await listOf(supervisor)).toContain(caseId);
  });

  it('is told apart by nobody who reads the log or a table', async () => {
    const [theirs, ordinary] = [await aboutTheDesk(), await caseOf(officer, { units: ['legal'] })];
    const marksOf = async (caseId: string): Promise<readonly string[]> => {
      for await (const { data } of stage.log.readStream(`case-${caseId}`))
        return (data as { shutOut: string[] }).shutOut;
      return [];
    };
    const marks = await marksOf(theirs);
    expect(marks).toHaveLength((await marksOf(ordinary)).length);
    for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{32}$/);
    const [row] = await stage.query<{ row: string }>(
      'case',
      'SELECT t::text AS row FROM cases AS t WHERE case_id = $1',
      [theirs],
    );
    expect(row?.row).toContain(marks[0]);
    expect(row?.row).not.toMatch(/support_desk|ethics_office/);
  });
});
