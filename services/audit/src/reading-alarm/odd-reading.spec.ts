import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { startService } from '@waymark/service-kit';
import { eventually, freePorts } from '@waymark/testing';
import { audit } from '../audit.service.js';
import { tellLog } from '../fixtures/tell-log.fixture.js';
import { listing, told, type ToldEvent } from '../fixtures/told-events.fixture.js';

const at = '2026-03-03T10:00:00.000Z';
const environment = { READING_CLIENTS_PER_HOUR: '3', READING_REFUSALS_PER_HOUR: '3' };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ services: [audit], logLevel: 'error', environment });
});
afterAll(() => stage.close());

const somebody = () => ({ kind: 'staff', id: randomUUID() });
const reading = (actor: ToldEvent['actor'], clientId: string, caseId: string, outcome = 'allowed') =>
  told(
    `case_access-${caseId}`,
    'ClientDataRead',
    at,
    {
      resource: `case-${caseId}`,
      what: 'GetCase',
      ground: outcome === 'allowed' ? 'team' : 'not_visible',
      outcome,
      clientId,
    },
    { actor },
  );
const teamOf = (caseId: string, clientId: string, team: readonly string[]) =>
  told(`case-${caseId}`, 'TeamMemberAdded', at, { clientId, staffId: String(team[0]), team });

interface Alarm {
  readonly alarmId: string;
  readonly rule: string;
  readonly count: number;
  readonly finding?: string;
}

async function alarmsOn(person: string): Promise<readonly Alarm[]> {
  const path = `/v1/reading-alarms?person=${person}`;
  const { status, body } = await stage.ask('audit', 'GET', path, { as: 'jonas.auditor' });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.items;
}

/** All that was told so far has been looked at. */
async function watched(): Promise<void> {
  let last = -1n;
  for (let page = 0n; page > last; page = (await stage.log.readAll({ after: last, limit: 1_000 })).position)
    last = page;
  await eventually(async () => {
    const [row] = await stage.query<{ position: string }>('audit', 'SELECT position FROM reading_watch');
    expect(BigInt(row?.position ?? 0)).toBeGreaterThanOrEqual(last);
  });
}

describe('An alarm on odd reading', () => {
  it('is raised once for many clients in an hour, and not for many readings of few', async () => {
    const [curious, thorough] = [somebody(), somebody()];
    const few = [randomUUID(), randomUUID(), randomUUID()];
    await tellLog(stage, [
      ...Array.from({ length: 6 }, () => reading(curious, randomUUID(), randomUUID())),
      ...Array.from({ length: 12 }, (_each, index) => reading(thorough, String(few[index % 3]), randomUUID())),
    ]);
    await watched();
    expect(await alarmsOn(curious.id)).toMatchObject([{ rule: 'many_clients_in_an_hour', count: 4 }]);
    expect(await alarmsOn(thorough.id)).toEqual([]);
  });

  it('is raised for somebody who is refused again and again', async () => {
    const [probing, mistaken] = [somebody(), somebody()];
    const refused = (actor: ToldEvent['actor'], times: number) =>
      Array.from({ length: times }, () => reading(actor, randomUUID(), randomUUID(), 'refused'));
    await tellLog(stage, [...refused(probing, 5), ...refused(mistaken, 3)]);
    await watched();
    expect(await alarmsOn(probing.id)).toMatchObject([{ rule: 'refused_often', count: 4 }]);
    expect(await alarmsOn(mistaken.id)).toEqual([]);
  });

  it('is raised for whoever reads after leaving the team, and not while on it or back on it', async () => {
    const [leaver, returner, stayer] = [somebody(), somebody(), somebody()];
    const [caseId, clientId] = [randomUUID(), randomUUID()];
    const all = [leaver.id, returner.id, stayer.id];
    await tellLog(stage, [
      teamOf(caseId, clientId, all),
      ...[leaver, returner, stayer].map((each) => reading(each, clientId, caseId)),
      teamOf(caseId, clientId, [stayer.id]),
      teamOf(caseId, clientId, [stayer.id, returner.id]),
      ...[leaver, returner, stayer].map((each) => reading(each, clientId, caseId)),
      reading(leaver, clientId, caseId, 'refused'),
    ]);
    await watched();
    expect(await alarmsOn(leaver.id)).toMatchObject([{ rule: 'after_leaving_the_team', count: 1 }]);
    expect(await alarmsOn(returner.id)).toEqual([]);
    expect(await alarmsOn(stayer.id)).toEqual([]);
  });

  it('is raised for whoever reads after recusing, whether they were on the team or not', async () => {
    const [member, supervisor, stayer] = [somebody(), somebody(), somebody()];
    const [caseId, clientId] = [randomUUID(), randomUUID()];
    const recused = (staffId: string) =>
      told(`case-${caseId}`, 'OfficerRecused', at, { clientId, staffId, team: [stayer.id], recusedAt: at });
    const refused = (actor: ToldEvent['actor']) => reading(actor, clientId, caseId, 'refused');
    await tellLog(stage, [
      teamOf(caseId, clientId, [member.id, stayer.id]),
      ...[reading(supervisor, clientId, caseId), recused(member.id), recused(supervisor.id)],
      ...[refused(member), refused(supervisor), reading(stayer, clientId, caseId)],
    ]);
    await watched();
    expect(await alarmsOn(member.id)).toMatchObject([{ rule: 'after_leaving_the_team', count: 1 }]);
    expect(await alarmsOn(supervisor.id)).toMatchObject([{ rule: 'after_leaving_the_team', count: 1 }]);
    expect(await alarmsOn(stayer.id)).toEqual([]);
  });

  it('is not raised by lists, which show what nobody looked for: neither for many clients nor after leaving', async () => {
    const reader = somebody();
    const clients = Array.from({ length: 6 }, () => ({ caseId: randomUUID(), clientId: randomUUID() }));
    const [left, ...others] = clients;
    const page = clients.map(({ caseId }) => `case-${caseId}`);
    await tellLog(stage, [
      ...clients.map(({ caseId, clientId }) => teamOf(caseId, clientId, [reader.id])),
      teamOf(String(left?.caseId), String(left?.clientId), ['somebody-else']),
      ...Array.from({ length: 3 }, () => listing('case', page, { actor: reader })),
      ...others.slice(0, 3).map(({ caseId, clientId }) => reading(reader, clientId, caseId)),
      listing('case', page, { actor: reader }),
    ]);
    await watched();
    expect(await alarmsOn(reader.id)).toEqual([]);
    await tellLog(stage, [reading(reader, String(left?.clientId), String(left?.caseId))]);
    await watched();
    expect((await alarmsOn(reader.id)).map(({ rule }) => rule).sort()).toEqual([
      'after_leaving_the_team',
      'many_clients_in_an_hour',
    ]);
  });

  it('is not raised for somebody who left one case of a client and is on another', async () => {
    const reader = somebody();
    const [one, two, clientId] = [randomUUID(), randomUUID(), randomUUID()];
    await tellLog(stage, [
      teamOf(one, clientId, [reader.id]),
      teamOf(two, clientId, [reader.id]),
      teamOf(one, clientId, ['somebody-else']),
      reading(reader, clientId, two),
    ]);
    await watched();
    expect(await alarmsOn(reader.id)).toEqual([]);
  });

  it('knows that two ids are one person', async () => {
    const [leaver, member, thorough] = [somebody(), somebody(), somebody()];
    const [one, two, left, present] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const [many, ids] = [randomUUID(), Array.from({ length: 4 }, () => randomUUID())];
    const linked = (clientId: string, linkedClientId: string) =>
      told(`consent-${clientId}`, 'ClientsLinked', at, { clientId, linkedClientId });
    await tellLog(stage, [
      ...[linked(one, two), linked(two, one)],
      ...ids.flatMap((id) => [linked(many, id), linked(id, many)]),
      teamOf(left, one, [leaver.id, member.id]),
      teamOf(left, one, ['somebody-else']),
      teamOf(present, two, [member.id]),
      ...[reading(leaver, two, present), reading(member, one, left)],
      ...ids.map((id) => reading(thorough, id, randomUUID())),
    ]);
    await watched();
    expect(await alarmsOn(leaver.id)).toMatchObject([{ rule: 'after_leaving_the_team', count: 1 }]);
    expect(await alarmsOn(member.id)).toEqual([]);
    expect(await alarmsOn(thorough.id)).toEqual([]);
  });

  it('is raised each time that somebody breaks the glass of a case, and lists what was read under it', async () => {
    const reader = somebody();
    const [caseId, clientId] = [randomUUID(), randomUUID()];
    const grants = [randomUUID(), randomUUID()];
    const granted = (grantId: string) =>
      told(
        `case-${caseId}`,
        'EmergencyAccessGranted',
        at,
        {
          clientId,
          grantId,
          staffId: reader.id,
          purpose: 'vital_interest',
          grantedAt: at,
          endsAt: at,
          reviewDueAt: at,
        },
        { actor: reader },
      );
    const under = (grantId: string, what: string) =>
      told(
        `case_access-${caseId}`,
        'ClientDataRead',
        at,
        { resource: `case-${caseId}`, what, ground: `break_glass:${grantId}`, outcome: 'allowed', clientId },
        { actor: reader },
      );
    const [one = '', two = ''] = grants;
    await tellLog(stage, [granted(one), under(one, 'GetCase'), under(one, 'ListNotes'), granted(two)]);
    await watched();
    expect((await alarmsOn(reader.id)).map(({ rule }) => rule)).toEqual(['broken_glass', 'broken_glass']);
    const { body } = await stage.ask('audit', 'GET', `/v1/accesses?grantId=${one}`, { as: 'jonas.auditor' });
    expect(body.items.map(({ what }: { what: string }) => what)).toEqual(['BreakGlass', 'GetCase', 'ListNotes']);
  });

  it('is the same one when the log is looked at again after a crash, by two instances', async () => {
    const curious = somebody();
    await tellLog(
      stage,
      Array.from({ length: 5 }, () => reading(curious, randomUUID(), randomUUID())),
    );
    await watched();
    const before = await alarmsOn(curious.id);
    const [port] = await freePorts(1);
    const environment = { ...stage.environmentOf('audit'), PORT: String(port) };
    const second = await startService(audit, { environment, clock: stage.clock });
    try {
      await stage.query('audit', 'UPDATE reading_watch SET position = 0');
      await watched();
      expect(await alarmsOn(curious.id)).toEqual(before);
      expect(before).toHaveLength(1);
    } finally {
      await second.stop();
    }
  });

  it('is reviewed once, by an auditor', async () => {
    const probing = somebody();
    await tellLog(
      stage,
      Array.from({ length: 4 }, () => reading(probing, randomUUID(), randomUUID(), 'refused')),
    );
    await watched();
    const [alarm] = await alarmsOn(probing.id);
    const review = (id: string, as = 'jonas.auditor', finding = 'mistaken') =>
      stage.ask('audit', 'POST', `/v1/reading-alarms/${id}/review`, { as, body: { finding } });
    expect(await review(String(alarm?.alarmId), 'ingrid.supervisor')).toMatchObject({ status: 403 });
    expect(await review(String(alarm?.alarmId), 'jonas.auditor', 'nothing')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'finding' }] },
    });
    expect(await review(randomUUID())).toMatchObject({ status: 404 });
    expect(await review(String(alarm?.alarmId))).toMatchObject({ status: 200, body: { finding: 'mistaken' } });
    expect(await review(String(alarm?.alarmId))).toMatchObject({ status: 409, body: { code: 'already_reviewed' } });
    expect(await alarmsOn(probing.id)).toMatchObject([
      { finding: 'mistaken', reviewerId: stage.idOf('jonas.auditor') },
    ]);
  });

  it('is not reviewed by the person who has read', async () => {
    const auditor = { kind: 'staff', id: stage.idOf('jonas.auditor') };
    await tellLog(
      stage,
      Array.from({ length: 4 }, () => reading(auditor, randomUUID(), randomUUID(), 'refused')),
    );
    await watched();
    const [alarm] = await alarmsOn(auditor.id);
    const answer = await stage.ask('audit', 'POST', `/v1/reading-alarms/${String(alarm?.alarmId)}/review`, {
      as: 'jonas.auditor',
      body: { finding: 'legitimate' },
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'own_reading' } });
  });

  it('is counted in the metrics until somebody has reviewed it', async () => {
    const { body } = await stage.ask('audit', 'GET', '/metrics');
    const open = await stage.query('audit', 'SELECT FROM reading_alarms WHERE finding IS NULL');
    expect(body).toContain(`waymark_reading_alarms_open{service="audit"} ${open.length}`);
  });
});
