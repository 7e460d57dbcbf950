import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const supervisor = 'ingrid.supervisor';
const member = 'kwame.officer';

describe('a member of the team whose id is typed in capitals', () => {
  let stage: Stage;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    opened = await openCaseFor(stage, stage.busOf('intake'));
  });
  afterAll(() => stage?.close());

  const post = (as: string, path: string, body: object = {}) =>
    stage.ask('case', 'POST', `/v1/cases/${opened.caseId}${path}`, { as, body });
  const inCapitals = () => stage.idOf(member).toUpperCase();
  const add = () => post(supervisor, '/team-members', { staffId: inCapitals() });
  const read = () => stage.ask('case', 'GET', `/v1/cases/${opened.caseId}`, { as: member });

  it('works on the case as who they are: reads it, writes, and finds it in the list', async () => {
    expect(await add()).toMatchObject({ status: 200 });
    expect(await read()).toMatchObject({ status: 200, body: { team: expect.arrayContaining([stage.idOf(member)]) } });
    expect(await post(member, '/notes', { noteClass: 'administrative', text: 'A.' })).toMatchObject({ status: 201 });
    for (const who of [stage.idOf(member), inCapitals()]) {
      const { body } = await stage.ask('case', 'GET', `/v1/cases?staffId=${who}`, { as: supervisor });
      expect(body.items).toMatchObject([{ caseId: opened.caseId }]);
    }
    expect(await add()).toMatchObject({ status: 409, body: { code: 'already_on_team' } });
  });

  it('is taken off it, and made its officer, in either form', async () => {
    expect(await post(supervisor, `/team-members/${inCapitals()}/removal`)).toMatchObject({ status: 200 });
    expect(await read()).toMatchObject({ status: 404 });
    expect(await post(supervisor, '/officer', { officerId: inCapitals() })).toMatchObject({
      status: 200,
      body: { officerId: stage.idOf(member) },
    });
    expect(await read()).toMatchObject({ status: 200 });
  });

  it('stays out once they have recused', async () => {
    expect(await post(member, '/recusal', { reason: 'A relative.' })).toMatchObject({ status: 200 });
    expect(await add()).toMatchObject({ status: 409, body: { code: 'officer_recused' } });
    expect(await read()).toMatchObject({ status: 404 });
  });
});
