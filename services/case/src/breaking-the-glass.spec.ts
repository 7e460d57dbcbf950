import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '@waymark/messaging';
import { type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import { eventsOf, type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const reason = 'kanarienvogel-she-cannot-be-found';
const findings = 'kanarienvogel-she-was-found';
const emergency = { purpose: 'vital_interest', reason, hours: 2 };
const [kwame, ingrid, jonas] = ['kwame.officer', 'ingrid.supervisor', 'jonas.auditor'] as const;

describe('breaking the glass of a case', () => {
  let stage: Stage;
  let second: RunningService;
  let intakeBus: Bus;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    intakeBus = stage.busOf('intake');
    const environment = { ...stage.environmentOf('case'), LOG_LEVEL: 'silent', PORT: String(await freePort()) };
    second = await startService(caseService, { environment, clock: stage.clock });
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });
  beforeEach(async () => {
    opened = await openCaseFor(stage, intakeBus);
    await post('amina.officer', '/notes', { noteClass: 'psychosocial', text: 'Came in tears.' });
    await post('amina.officer', '/notes', { noteClass: 'clinical', text: 'Sleeps two hours.' });
  });

  const post = (as: string, path: string, body: object, key = randomUUID()) =>
    stage.ask('case', 'POST', `/v1/cases/${opened.caseId}${path}`, { as, body, key });
  const get = (as: string, path = '') => stage.ask('case', 'GET', `/v1/cases/${opened.caseId}${path}`, { as });
  const breakGlass = (as: string, changed: object = {}, key = randomUUID()) =>
    post(as, '/emergency-accesses', { ...emergency, ...changed }, key);
  const broken = async (as: string): Promise<string> => {
    const { status, body } = await breakGlass(as);
    expect({ status, body }).toMatchObject({ status: 201 });
    return body.grantId;
  };
  const review = (as: string, grantId: string, outcome = 'justified', key = randomUUID()) =>
    post(as, `/emergency-accesses/${grantId}/review`, { outcome, findings }, key);
  const notesOf = async (as: string): Promise<string[]> =>
    (await get(as, '/notes')).body.items.map(({ text }: { text: string }) => text);
  const listed = async (as: string, query = ''): Promise<{ grantId: string; caseId: string; overdue: boolean }[]> => {
    const { status, body } = await stage.ask('case', 'GET', `/v1/emergency-accesses?limit=100${query}`, { as });
    expect({ status, body }).toMatchObject({ status: 200 });
    return body.items;
  };
  const idsListed = async (as: string, query = '') => (await listed(as, query)).map(({ grantId }) => grantId);
  const grantsInLog = async () =>
    (await eventsOf(stage, opened.caseId)).filter((type) => type === 'EmergencyAccessGranted').length;

  it('asks for no revision, by which somebody could tell without a trace that there is a case', async () => {
    const headers = { 'if-match': '"4711"' };
    const path = (caseId: string) => `/v1/cases/${caseId}/emergency-accesses`;
    const attempt = (caseId: string) =>
      stage.ask('case', 'POST', path(caseId), { as: kwame, body: emergency, headers, key: randomUUID() });
    expect(await attempt(randomUUID())).toMatchObject({ status: 404 });
    expect(await attempt(opened.caseId)).toMatchObject({ status: 201 });
    expect(await grantsInLog()).toBe(1);
  });

  it('opens it for an officer outside the team at once, until the hour by the clock of the server', async () => {
    expect((await get(kwame)).status).toBe(404);
    const { body } = await breakGlass(kwame);
    expect(Date.parse(body.endsAt) - Date.parse(stage.clock.now())).toBe(2 * 3_600_000);
    expect(await get(kwame)).toMatchObject({ status: 200, body: { caseId: opened.caseId } });
    stage.clock.advance({ hours: 1, minutes: 59 });
    expect((await get(kwame)).status).toBe(200);
    stage.clock.advance({ minutes: 1 });
    expect((await get(kwame)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await get(kwame, '/notes')).status).toBe(404);
  });

  it('lets nobody work on it, and puts it into no list of theirs', async () => {
    await broken(kwame);
    const note = { noteClass: 'administrative', text: 'Seen.' };
    expect((await post(kwame, '/notes', note)).body).toMatchObject({ status: 409, code: 'caller_not_on_team' });
    expect((await post(kwame, '/stage', { stage: 'assessment' })).status).toBe(409);
    const { body } = await stage.ask('case', 'GET', `/v1/cases?concernId=${opened.concernId}`, { as: kwame });
    expect(body.items).toEqual([]);
  });

  it('opens clinical notes to clinicians only', async () => {
    for (const person of [kwame, 'sofia.counsellor', jonas]) await broken(person);
    expect(await notesOf(kwame)).toEqual(['Came in tears.']);
    expect(await notesOf('sofia.counsellor')).toEqual(['Came in tears.', 'Sleeps two hours.']);
    expect(await notesOf(jonas)).toEqual(['Came in tears.']);
  });

  it('is the only way for an auditor', async () => {
    expect((await get(jonas)).body).toMatchObject({ status: 404, code: 'not_found' });
    await broken(jonas);
    expect((await get(jonas)).status).toBe(200);
  });

  it('is not for those who may read it anyway, nor for other roles, and finds nothing where there is nothing', async () => {
    expect((await breakGlass('amina.officer')).body).toMatchObject({ status: 409, code: 'access_not_needed' });
    for (const person of [ingrid, 'olivier.ombudsman', 'priya.analyst', 'isabel.programme', 'samoa.administrator'])
      expect((await breakGlass(person)).body).toMatchObject({ status: 403, code: 'role_missing' });
    const nowhere = `/v1/cases/${randomUUID()}/emergency-accesses`;
    const answer = await stage.ask('case', 'POST', nowhere, { as: kwame, body: emergency });
    expect(answer.body).toMatchObject({ status: 404, code: 'not_found' });
    expect(await grantsInLog()).toBe(0);
  });

  it.each([
    ['hours', 5],
    ['hours', 0],
    ['hours', 1.5],
    ['hours', '2'],
    ['purpose', 'curiosity'],
    ['purpose', undefined],
    ['reason', ' '],
    ['reason', undefined],
  ])('is refused with %s %p, naming the field', async (field, value) => {
    const refused = await breakGlass(kwame, { [field]: value });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    expect(new Set(refused.body.errors.map((error: { field: string }) => error.field))).toEqual(new Set([field]));
    expect(await grantsInLog()).toBe(0);
  });

  it('happens once for a retry, and once for twenty at the same moment at two instances', async () => {
    const key = randomUUID();
    const first = await breakGlass(kwame, {}, key);
    expect(await breakGlass(kwame, {}, key)).toMatchObject({ status: 201, body: first.body });
    const token = await stage.token('lucia.officer');
    const at = [`http://127.0.0.1:${stage.environmentOf('case').PORT}`, second.url];
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_each, index) => {
        const answer = await fetch(`${at[index % 2]}/v1/cases/${opened.caseId}/emergency-accesses`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
          },
          body: JSON.stringify(emergency),
        });
        return answer.status;
      }),
    );
    expect(statuses.toSorted()).toEqual([201, ...Array(19).fill(409)]);
    expect(await grantsInLog()).toBe(2);
  });

  it('is told to supervisors and auditors with their next request, and to nobody else', async () => {
    const grantId = await broken(kwame);
    for (const person of [ingrid, 'tomas.supervisor', jonas])
      expect(await listed(person, `&caseId=${opened.caseId}`)).toMatchObject([
        { grantId, caseId: opened.caseId, staffId: stage.idOf(kwame), purpose: 'vital_interest', overdue: false },
      ]);
    for (const person of [kwame, 'amina.officer', 'sofia.counsellor', 'priya.analyst'])
      expect((await stage.ask('case', 'GET', '/v1/emergency-accesses', { as: person })).status).toBe(403);
    const metrics = await stage.ask('case', 'GET', '/metrics');
    expect(JSON.stringify(metrics.body)).toMatch(/waymark_emergency_accesses_open\S* [1-9]/);
  });

  it('lists everything that was read under it, as the access log has it, and no other reading', async () => {
    const grantId = await broken(kwame);
    await get('amina.officer');
    await get(kwame);
    await get(kwame, '/notes');
    const { body } = await get(ingrid, `/emergency-accesses/${grantId}`);
    expect(body).toMatchObject({ reason, purpose: 'vital_interest', staffId: stage.idOf(kwame), overdue: false });
    expect(body.reads.map(({ what }: { what: string }) => what)).toEqual(['GetCase', 'ListNotes']);
    const logged: string[] = [];
    for await (const { id, data, metadata } of stage.log.readStream(`case_access-${opened.caseId}`))
      if ('ground' in data && data.ground === `break_glass:${grantId}`) {
        logged.push(id);
        expect(metadata).toMatchObject({ actor: { id: stage.idOf(kwame) }, purpose: 'vital_interest' });
      }
    expect(body.reads.map(({ eventId }: { eventId: string }) => eventId)).toEqual(logged);
    const granted: string[] = [];
    for await (const { id, type } of stage.log.readStream(`case-${opened.caseId}`))
      if (type === 'EmergencyAccessGranted') granted.push(id);
    expect(granted).toEqual([grantId]);
  });

  it('shows an auditor that it happened and what was read, and no sealed text without glass of their own', async () => {
    const grantId = await broken(kwame);
    const { status, body } = await get(jonas, `/emergency-accesses/${grantId}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(reason);
    await broken(jonas);
    expect((await get(jonas, `/emergency-accesses/${grantId}`)).body).toMatchObject({ reason });
  });

  it('is reviewed by somebody else, once, which ends it with the next request', async () => {
    const grantId = await broken(jonas);
    expect((await review(jonas, grantId)).body).toMatchObject({ status: 409, code: 'own_emergency_access' });
    expect((await review(kwame, grantId)).status).toBe(403);
    expect((await get(jonas)).status).toBe(200);
    const key = randomUUID();
    expect((await review(ingrid, grantId, 'not_justified', key)).status).toBe(200);
    expect((await review(ingrid, grantId, 'not_justified', key)).status).toBe(200);
    expect((await get(jonas)).status).toBe(404);
    expect(await breakGlass(jonas)).toMatchObject({ status: 409, body: { code: 'emergency_access_not_justified' } });
    const again = await review('tomas.supervisor', grantId);
    expect(again.body).toMatchObject({ status: 409, code: 'emergency_access_reviewed' });
    expect(await idsListed(ingrid, `&caseId=${opened.caseId}`)).toEqual([]);
    expect(await listed(ingrid, `&caseId=${opened.caseId}&review=closed`)).toMatchObject([
      { grantId, outcome: 'not_justified', reviewedBy: stage.idOf(ingrid) },
    ]);
    const unknown = await review(ingrid, randomUUID());
    expect(unknown.body).toMatchObject({ status: 404, code: 'emergency_access_not_found' });
  });

  it('has one winner when two review it at the same moment', async () => {
    const grantId = await broken(kwame);
    const answers = await Promise.all([ingrid, 'tomas.supervisor', jonas].map((person) => review(person, grantId)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  });

  it('becomes overdue once when nobody reviews it, at whichever instance, and shows it', async () => {
    const grantId = await broken(kwame);
    stage.clock.advance({ hours: 71 });
    expect((await listed(ingrid, `&caseId=${opened.caseId}`))[0]).toMatchObject({ overdue: false });
    stage.clock.advance({ hours: 1 });
    await eventually(async () => expect(await idsListed(ingrid, '&review=overdue')).toContain(grantId));
    expect((await eventsOf(stage, opened.caseId)).filter((type) => type === 'EmergencyReviewOverdue')).toHaveLength(1);
    expect((await review(ingrid, grantId)).status).toBe(200);
    expect(await idsListed(ingrid, '&review=overdue')).not.toContain(grantId);
  });

  it('leaves reason and findings nowhere in the clear', async () => {
    const grantId = await broken(kwame);
    await review(ingrid, grantId);
    await listed(ingrid);
    const { events } = await stage.log.readAll({ after: 0n, limit: 1000 });
    expect(events.map(({ type }) => type)).toContain('EmergencyAccessReviewed');
    const rows = await stage.query('case', 'SELECT t::text AS row FROM emergency_accesses AS t');
    expect(JSON.stringify([events.map(({ data, metadata }) => [data, metadata]), rows])).not.toContain('kanarienvogel');
  });
});
