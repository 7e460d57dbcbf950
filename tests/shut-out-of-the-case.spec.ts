import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { routesOfCase } from './routes-of-a-case.fixture.js';
import { caseShuttingOut as caseOf, toldBy } from './shut-out.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [shutOut, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const counsellor = 'sofia.counsellor';
const unknown = '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10';

describe('whom a reporter shuts out of a concern', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const caseShuttingOut = (exclusions?: object) => caseOf(stage, officer, exclusions);
  const ask = (method: 'GET' | 'POST', caseId: string, as: string, path = '', body: object = {}) =>
    stage.ask('case', method, `/v1/cases/${caseId}${path}`, { as, body });
  const listOf = async (as: string, query = ''): Promise<readonly string[]> =>
    (await stage.ask('case', 'GET', `/v1/cases?limit=100${query}`, { as })).body.items.map(
      (line: { caseId: string }) => line.caseId,
    );
  const addToTeam = (caseId: string, who: string) =>
    ask('POST', caseId, other, '/team-members', { staffId: stage.idOf(who) });

  it('gets on every route of the case what an id gets that does not exist, and another supervisor sees it', async () => {
    const caseId = await caseShuttingOut({ people: [stage.idOf(shutOut)] });
    for (const [method, path, body] of routesOfCase) {
      const [answer, nothing] = [
        await ask(method, caseId, shutOut, path, body),
        await ask(method, unknown, shutOut, path, body),
      ].map(toldBy);
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(nothing);
    }
    expect(await ask('GET', caseId, other)).toMatchObject({ status: 200 });
  });

  it('does not find it in any list, and every page of theirs is full all the same', async () => {
    const open = await caseShuttingOut();
    const hidden = await caseShuttingOut({ people: [stage.idOf(shutOut)] });
    expect(await listOf(other)).toEqual(expect.arrayContaining([open, hidden]));
    const seen = await listOf(shutOut);
    expect(seen).toContain(open);
    expect(seen).not.toContain(hidden);
    const paged: string[] = [];
    for (let after = ''; ;) {
      const query = `/v1/cases?limit=1${after === '' ? '' : `&after=${after}`}`;
      const { items, next } = (await stage.ask('case', 'GET', query, { as: shutOut })).body;
      paged.push(...items.map((line: { caseId: string }) => line.caseId));
      if (!next) break;
      expect(items).toHaveLength(1);
      after = next;
    }
    expect(paged).toEqual(seen);
  });

  it('is shut out as one of a role, and as one of a unit who has come onto the team before that was noticed', async () => {
    const ofRole = await caseShuttingOut({ roles: ['supervisor'] });
    expect(await ask('GET', ofRole, other)).toMatchObject({ status: 404 });
    expect(await ask('GET', ofRole, officer)).toMatchObject({ status: 200 });
    const ofUnit = await caseShuttingOut({ units: ['staff_counsellor'] });
    expect(await addToTeam(ofUnit, counsellor)).toMatchObject({ status: 200 });
    expect(await ask('GET', ofUnit, counsellor)).toMatchObject({ status: 404 });
    expect(await listOf(counsellor)).not.toContain(ofUnit);
  });

  it('is not brought onto the team or made its officer, and the refusal says why', async () => {
    const caseId = await caseShuttingOut({ people: [stage.idOf(shutOut), stage.idOf('kwame.officer')] });
    const refused = { status: 409, body: { code: 'person_shut_out' } };
    expect(await addToTeam(caseId, 'kwame.officer')).toMatchObject(refused);
    const officerId = stage.idOf('kwame.officer');
    expect(await ask('POST', caseId, other, '/officer', { officerId })).toMatchObject(refused);
    expect(await addToTeam(caseId, counsellor)).toMatchObject({ status: 200 });
  });

  it('cannot break its glass either, in no emergency, and nothing of the attempt is granted', async () => {
    const caseId = await caseShuttingOut({ people: [stage.idOf('kwame.officer')] });
    const glass = { purpose: 'vital_interest', reason: 'She cannot be found.', hours: 1 };
    const refused = await ask('POST', caseId, 'kwame.officer', '/emergency-accesses', glass);
    expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await ask('POST', caseId, 'lucia.officer', '/emergency-accesses', glass)).toMatchObject({ status: 201 });
    expect(await ask('GET', caseId, 'kwame.officer')).toMatchObject({ status: 404 });
    expect(await ask('GET', caseId, 'lucia.officer')).toMatchObject({ status: 200 });
  });

  it('is named nowhere between the services: neither in the log nor in a message nor in the list', async () => {
    const caseId = await caseShuttingOut({ people: [stage.idOf(shutOut)], units: ['human_resources'] });
    const told: unknown[] = [];
    for await (const { data } of stage.log.readStream(`case-${caseId}`)) told.push(data);
    expect(told[0]).toMatchObject({ shutOut: [expect.any(String), expect.any(String)] });
    const rows = await stage.query('case', 'SELECT t::text AS row FROM cases AS t WHERE case_id = $1', [caseId]);
    for (const text of [JSON.stringify(told), JSON.stringify(rows)]) {
      expect(text).not.toContain(stage.idOf(shutOut));
      expect(text).not.toContain('human_resources');
    }
  });
});
