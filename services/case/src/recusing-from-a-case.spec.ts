import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventsOf, type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const reason = 'kanarienvogel-recusal-ليل';

describe('recusing from a case', () => {
  let stage: Stage;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const open = async () => {
    opened = await openCaseFor(stage, stage.busOf('intake'));
    await post('ingrid.supervisor', '/team-members', { staffId: stage.idOf('kwame.officer') });
  };
  const get = (as: string, path = '') => stage.ask('case', 'GET', `/v1/cases/${opened.caseId}${path}`, { as });
  const post = (as: string, path: string, body: object, key = randomUUID()) =>
    stage.ask('case', 'POST', `/v1/cases/${opened.caseId}${path}`, { as, body, key });
  const finds = async (as: string) => {
    const { body } = await stage.ask('case', 'GET', `/v1/cases?concernId=${opened.concernId}`, { as });
    return body.items.length === 1;
  };

  it('bites on the next request, on everything about the case, and is told once however often it is sent', async () => {
    await open();
    expect(await get('kwame.officer')).toMatchObject({ status: 200 });
    const key = randomUUID();
    const first = await post('kwame.officer', '/recusal', { reason }, key);
    expect(first).toMatchObject({ status: 200, body: { caseId: opened.caseId, events: ['OfficerRecused'] } });
    expect(Object.keys(first.body)).toEqual(['caseId', 'events']);
    await post('amina.officer', '/stage', { stage: 'assessment' });
    const again = () => post('kwame.officer', '/recusal', { reason }, key);
    expect(await again()).toMatchObject({ status: 200, body: first.body });
    await stage.query('case', 'DELETE FROM idempotency');
    const lost = await again();
    expect(lost).toMatchObject({ status: 200, body: first.body });
    for (const header of ['etag', 'waymark-position']) expect(lost.headers.get(header)).toBe(first.headers.get(header));
    const { instance: _at, ...nothing } = (
      await stage.ask('case', 'GET', `/v1/cases/${randomUUID()}`, { as: 'kwame.officer' })
    ).body;
    for (const answer of [
      await get('kwame.officer'),
      await get('kwame.officer', '/notes'),
      await post('kwame.officer', '/stage', { stage: 'planning' }),
      await post('kwame.officer', '/notes', { noteClass: 'administrative', text: 'Once more.' }),
      await post('kwame.officer', '/recusal', { reason }),
    ])
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 404, body: nothing });
    expect(await finds('kwame.officer')).toBe(false);
    expect(await eventsOf(stage, opened.caseId)).toEqual([
      ...['CaseOpened', 'TeamMemberAdded', 'OfficerRecused', 'StageMoved'],
    ]);
  });

  it('is for ever: nobody is put back on the team, nor made its officer', async () => {
    await open();
    const staffId = stage.idOf('kwame.officer');
    await post('kwame.officer', '/recusal', { reason });
    for (const [path, body] of [
      ['/team-members', { staffId }],
      ['/officer', { officerId: staffId }],
    ] as const)
      expect(await post('ingrid.supervisor', path, body)).toMatchObject({
        status: 409,
        body: { code: 'officer_recused' },
      });
    expect(await get('kwame.officer')).toMatchObject({ status: 404 });
  });

  it('leaves the case without its officer, until a supervisor assigns another', async () => {
    await open();
    await post('amina.officer', '/recusal', { reason });
    expect(await get('amina.officer')).toMatchObject({ status: 404 });
    expect(await get('ingrid.supervisor')).toMatchObject({ body: { team: [stage.idOf('kwame.officer')] } });
    const back = await post('ingrid.supervisor', '/officer', { officerId: stage.idOf('amina.officer') });
    expect(back).toMatchObject({ status: 409, body: { code: 'officer_recused' } });
    const officerId = stage.idOf('lucia.officer');
    const assigned = await post('ingrid.supervisor', '/officer', { officerId });
    expect(assigned).toMatchObject({
      status: 200,
      body: { officerId, team: [officerId, stage.idOf('kwame.officer')] },
    });
  });

  it('shuts out a supervisor too, who sees all other cases', async () => {
    await open();
    expect(await post('tomas.supervisor', '/recusal', { reason })).toMatchObject({ status: 200 });
    expect(await get('tomas.supervisor')).toMatchObject({ status: 404 });
    const staffId = stage.idOf('lucia.officer');
    expect(await post('tomas.supervisor', '/team-members', { staffId })).toMatchObject({ status: 404 });
    expect(await finds('tomas.supervisor')).toBe(false);
    expect(await finds('ingrid.supervisor')).toBe(true);
  });

  it('is not for somebody who does not know of the case, and needs a reason', async () => {
    await open();
    expect(await post('lucia.officer', '/recusal', { reason })).toMatchObject({ status: 404 });
    expect(await post('kwame.officer', '/recusal', { reason: ' ' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'reason' }] },
    });
  });

  it('wins over being assigned at the same moment, whichever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      await open();
      const [, assigned] = await Promise.all([
        post('kwame.officer', '/recusal', { reason }),
        post('ingrid.supervisor', '/officer', { officerId: stage.idOf('kwame.officer') }),
      ]);
      expect([200, 409]).toContain(assigned.status);
      expect(await get('kwame.officer')).toMatchObject({ status: 404 });
      expect(await finds('kwame.officer')).toBe(false);
    }
  });

  it('keeps its reason sealed', async () => {
    const { events } = await stage.log.readAll({ after: 0n, limit: 1000 });
    expect(events.map(({ type }) => type)).toContain('OfficerRecused');
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain(reason);
  });
});
