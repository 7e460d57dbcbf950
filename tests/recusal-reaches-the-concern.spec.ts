import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';
import { expectNoConcern, routesOfConcern } from './routes-of-a-concern.fixture.js';
import { concernShuttingOut } from './shut-out.fixture.js';
import { heardOfRecusal, heardOfTeam } from './heard-by-a-concern.fixture.js';

jest.setTimeout(120_000);

const [officer, colleague] = ['amina.officer', 'lucia.officer'];
const [supervisor, recusing] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('whoever has recused from a case', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const ask = (method: 'GET' | 'POST', concernId: string, as: string, path = '', body: object = {}) =>
    stage.ask('intake', method, `/v1/concerns/${concernId}${path}`, { as, body });
  const finds = async (as: string, concernId: string): Promise<boolean> => {
    const { body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any&limit=100', { as });
    return body.items.some((line: { concernId: string }) => line.concernId === concernId);
  };
  const recused = async (as: string) => {
    const concernId = await concernShuttingOut(stage);
    const caseId = await acceptedCase(stage, concernId, officer);
    expect(await ask('GET', concernId, as)).toMatchObject({ status: 200 });
    const body = { reason: 'We share an office.' };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/recusal`, { as, body })).toMatchObject({ status: 200 });
    await heardOfRecusal(stage, concernId, as);
    expect(await ask('GET', concernId, as)).toMatchObject({ status: 404 });
    return { concernId, caseId };
  };

  it('gets on every route of its concern, which they once took, what an id gets that does not exist', async () => {
    const { concernId } = await recused(officer);
    await expectNoConcern(stage, routesOfConcern.all, concernId, officer);
    await eventually(async () => expect(await finds(officer, concernId)).toBe(false));
    expect(await finds(colleague, concernId)).toBe(true);
  });

  it('is never given it again; whoever takes their place on the case has it', async () => {
    const { concernId, caseId } = await recused(officer);
    const to = (who: string) => ask('POST', concernId, supervisor, '/allocation', { officerId: stage.idOf(who) });
    expect(await to(officer)).toMatchObject({ status: 409, body: { code: 'officer_excluded' } });
    const assigned = { as: supervisor, body: { officerId: stage.idOf(colleague) } };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/officer`, assigned)).toMatchObject({ status: 200 });
    await heardOfTeam(stage, concernId, colleague);
    expect(await to(colleague)).toMatchObject({ status: 200 });
    expect(await ask('GET', concernId, colleague)).toMatchObject({ status: 200 });
    expect(await ask('POST', concernId, colleague, '/messages', { text: 'I am here now.' })).toMatchObject({
      status: 200,
    });
    expect(await ask('GET', concernId, officer)).toMatchObject({ status: 404 });
    expect(await to(officer)).toMatchObject({ status: 409 });
  });

  it('may be a supervisor, who reads every other concern, and who takes it from nobody by that', async () => {
    const { concernId } = await recused(recusing);
    expect(await ask('GET', concernId, supervisor)).toMatchObject({ status: 200 });
    expect(await ask('GET', concernId, officer)).toMatchObject({ status: 200 });
    const triage = { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true };
    expect(await ask('POST', concernId, recusing, '/triage', triage)).toMatchObject({ status: 404 });
  });
});
