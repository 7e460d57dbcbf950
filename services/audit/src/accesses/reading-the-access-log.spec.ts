import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { audit } from '../audit.service.js';
import { oneCase } from '../fixtures/one-case.fixture.js';
import { tellLog } from '../fixtures/tell-log.fixture.js';
import { focalPoint, listing, officer } from '../fixtures/told-events.fixture.js';

let stage: Stage;
const story = oneCase();
const other = oneCase();
beforeAll(async () => {
  stage = await startStage({ services: [audit], logLevel: 'error' });

  await tellLog(stage, story.events);
  await tellLog(stage, other.events);
});
afterAll(() => stage.close());

interface Line {
  readonly eventId: string;
  readonly position: string;
  readonly recordedAt: string;
  readonly service: string;
  readonly what: string;
  readonly outcome: string;
  readonly unit?: string;
  readonly who: { readonly id: string };
  readonly resource?: string;
  readonly shown?: readonly string[];
}

const ask = (query: string, as = 'jonas.auditor') => stage.ask('audit', 'GET', `/v1/accesses?${query}`, { as });
const linesOf = async (query: string): Promise<readonly Line[]> => {
  const { status, body } = await ask(query);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.items;
};
const ofServices = (lines: readonly Line[]) => lines.filter(({ service }) => service !== 'audit');

describe('The access log', () => {
  it('tells of one case what its own page of accesses tells', async () => {
    const page = await stage.ask('audit', 'GET', `/v1/cases/${story.caseId}/accesses`, { as: 'jonas.auditor' });
    const lines = ofServices(await linesOf(`caseId=${story.caseId}`));
    expect(lines).toEqual(ofServices(page.body.items));
    expect(lines).toHaveLength(7);
    expect(ofServices(await linesOf(`clientId=${story.clientId}`))).toEqual(lines);
  });

  it('is found by person, unit and outcome, across all cases', async () => {
    const bothCases = ofServices(await linesOf('limit=500'));
    expect(bothCases).toHaveLength(14);
    const byOfficer = await linesOf(`person=${officer.id}`);
    expect(byOfficer.map(({ who }) => who.id)).toEqual(Array(6).fill(officer.id));
    const byUnit = await linesOf('unit=ombudsman&outcome=allowed');
    expect(byUnit.map(({ unit, outcome, who }) => [unit, outcome, who.id])).toEqual(
      Array(4).fill(['ombudsman', 'allowed', focalPoint.id]),
    );
    expect(await linesOf(`person=${officer.id}&unit=ombudsman`)).toEqual([]);
  });

  it('is found by when it was recorded, each access on one side of a moment', async () => {
    const all = ofServices(await linesOf('limit=500'));
    const middle = encodeURIComponent(String(all[6]?.recordedAt));
    const before = ofServices(await linesOf(`to=${middle}&limit=500`));
    const after = ofServices(await linesOf(`from=${middle}&limit=500`));
    expect([...before, ...after]).toEqual(all);
    expect(before.length).toBeGreaterThan(0);
  });

  it('goes page by page, each access once', async () => {
    const whole = ofServices(await linesOf('limit=500')).map(({ eventId }) => eventId);
    const seen: string[] = [];
    for (let after: string | undefined = '0'; after !== undefined && seen.length < whole.length;) {
      const { body }: { body: { items: Line[]; next?: string } } = await ask(`limit=10&after=${after}`);
      seen.push(...ofServices(body.items).map(({ eventId }) => eventId));
      after = body.next;
    }
    expect(seen).toEqual(whole);
  });

  it('names who was asked about where the log knows them, and nothing that was typed in the place of an id', async () => {
    const since = async () => {
      const { events } = await stage.log.readAll({ after: 0n, categories: ['audit_access'], limit: 1000 });
      return JSON.stringify(events.map(({ stream, data }) => [stream, data]));
    };
    await linesOf(`person=${officer.id}`);
    expect(await since()).toContain(`person-${officer.id}`);
    expect(await linesOf('person=kanarie-the-boss')).toEqual([]);
    expect(await since()).not.toContain('kanarie');
    expect(await ask('person=the%20boss')).toMatchObject({ status: 422, body: { errors: [{ field: 'person' }] } });
  });

  it('has whoever reads it in it, before they see it', async () => {
    const auditor = stage.idOf('jonas.auditor');
    await linesOf(`caseId=${other.caseId}`);
    const [last] = (await linesOf(`caseId=${other.caseId}&person=${auditor}`)).slice(-1);
    expect(last).toMatchObject({ what: 'ListAccesses', who: { id: auditor }, resource: `case-${other.caseId}` });
  });

  it('does not tell a case that does not exist from one of another client', async () => {
    const unknown = await ask(`caseId=${randomUUID()}`);
    const another = await ask(`caseId=${story.caseId}&clientId=${other.clientId}`);
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect({ ...another.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
    const nobody = await ask(`clientId=${randomUUID()}`);
    expect({ ...nobody.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
  });

  it.each(['amina.officer', 'ingrid.supervisor', 'priya.analyst', 'samoa.administrator', 'service:referral'])(
    'is not for %s',
    async (who) => expect(await ask('', who)).toMatchObject({ status: 403 }),
  );

  it.each([
    ['unit=nobody', 'unit'],
    ['outcome=seen', 'outcome'],
    ['from=yesterday', 'from'],
    ['caseId=K7', 'caseId'],
    ['limit=1', 'limit'],
    ['sealed=open', 'sealed'],
  ])('refuses ?%s and names the field', async (query, field) => {
    const { status, body } = await ask(query);
    expect(status).toBe(422);
    expect(body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field })]));
  });
});

describe('A list in the access log', () => {
  const reader = { kind: 'staff', id: randomUUID() };
  const strangers = Array.from({ length: 3 }, () => `concern-${randomUUID()}`);
  const queue = listing(
    'intake',
    [`concern-${story.concernId}`, `concern-${other.concernId}`, ...strangers],
    { actor: reader, unit: 'support_desk' },
    { what: 'ListConcerns', ground: 'desk' },
  );
  const referrals = listing(
    'referral',
    [`referral-${other.referralId}`],
    { actor: reader, unit: 'ombudsman' },
    { what: 'ListReferrals', ground: 'recipient' },
  );
  const approvals = listing('consent', [`consent-${story.clientId}`], { actor: reader }, { what: 'ListApprovals' });
  beforeAll(() => tellLog(stage, [queue, referrals, approvals]));

  const listsOf = async (query: string) =>
    (await linesOf(`person=${reader.id}&${query}`)).map(({ what, shown }) => ({ what, shown }));
  const caseAccesses = async (caseId: string, query = '') => {
    const path = `/v1/cases/${caseId}/accesses?limit=500&actor=${reader.id}${query}`;
    const { status, body } = await stage.ask('audit', 'GET', path, { as: 'jonas.auditor' });
    expect({ status, body }).toMatchObject({ status: 200 });
    return body;
  };

  it('is found by whoever opened it, and says everything that it showed', async () => {
    expect(await linesOf(`person=${reader.id}`)).toEqual([
      {
        ...{ position: expect.any(String), recordedAt: expect.any(String), occurredAt: queue.at },
        ...{ service: 'intake', eventId: queue.id, type: 'ClientDataListed', who: reader, unit: 'support_desk' },
        ...{ what: 'ListConcerns', ground: 'desk', outcome: 'allowed', shown: queue.data.shown },
      },
      expect.objectContaining({ what: 'ListReferrals', shown: referrals.data.shown }),
      expect.objectContaining({ what: 'ListApprovals', shown: approvals.data.shown }),
    ]);
    expect(await linesOf(`person=${reader.id}&unit=ombudsman`)).toMatchObject([{ what: 'ListReferrals' }]);
  });

  it('is an access to each client whom it showed, and tells there of nobody else', async () => {
    const ofStory = [
      { what: 'ListConcerns', shown: [`concern-${story.concernId}`] },
      { what: 'ListApprovals', shown: [`consent-${story.clientId}`] },
    ];
    const ofOther = [
      { what: 'ListConcerns', shown: [`concern-${other.concernId}`] },
      { what: 'ListReferrals', shown: [`referral-${other.referralId}`] },
    ];
    expect(await listsOf(`clientId=${story.clientId}`)).toEqual(ofStory);
    expect(await listsOf(`caseId=${story.caseId}`)).toEqual(ofStory);
    expect(await listsOf(`clientId=${other.clientId}`)).toEqual(ofOther);
    expect(await listsOf(`caseId=${other.caseId}&unit=support_desk`)).toEqual(ofOther.slice(0, 1));
  });

  it('stands on the page of a case as well, page by page, in the order of the log', async () => {
    const all = (await caseAccesses(story.caseId)).items;
    expect(all).toEqual(await linesOf(`caseId=${story.caseId}&person=${reader.id}`));
    expect(all).toHaveLength(2);
    const types = (await caseAccesses(story.caseId, '&type=ClientDataRead')).items;
    expect(types).toEqual([]);
    const after = await caseAccesses(story.caseId, `&after=${all[0].position}`);
    expect(after.items).toEqual(all.slice(1));
    const everybody = `/v1/cases/${story.caseId}/accesses?limit=10&after=${Number(all[0].position) - 1}`;
    const { body } = await stage.ask('audit', 'GET', everybody, { as: 'jonas.auditor' });
    expect(body.items[0]).toEqual(all[0]);
    const positions = body.items.map(({ position }: Line) => Number(position));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('is no part of what happened to a client, and judged as part of nobody’s history', async () => {
    const timeline = `/v1/cases/${story.caseId}/timeline?limit=500`;
    const { body } = await stage.ask('audit', 'GET', timeline, { as: 'jonas.auditor' });
    expect(JSON.stringify(body)).not.toContain('ClientDataListed');
    expect(JSON.stringify(body)).not.toContain(other.concernId);
  });
});
