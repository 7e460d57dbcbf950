import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { audit } from './audit.service.js';
import { type OneCase, oneCase } from './fixtures/one-case.fixture.js';
import { tamper } from './fixtures/tamper.fixture.js';
import { tellLog } from './fixtures/tell-log.fixture.js';
import { focalPoint, officer, told } from './fixtures/told-events.fixture.js';

interface Line {
  readonly position: string;
  readonly eventId: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly stream: string;
}

let stage: Stage;
let story: OneCase;
beforeAll(async () => {
  stage = await startStage({ services: [audit], logLevel: 'error' });
  story = oneCase();
  const other = oneCase();
  // Two clients, interleaved in the log.
  await tellLog(
    stage,
    story.events.flatMap((event, index) => [event, ...other.events.slice(index, index + 1)]),
  );
});
afterAll(() => stage.close());

const ask = (path: string, as = 'jonas.auditor') => stage.ask('audit', 'GET', path, { as });
const answerTo = async (path: string) => {
  const { status, body } = await ask(path);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const linesOf = async (path: string): Promise<readonly Line[]> => (await answerTo(path)).items;
const idsIn = (lines: readonly { readonly eventId: string }[]) => lines.map(({ eventId }) => eventId);

describe('the timeline', () => {
  it('has every event of every service about a client, and nobody else’s, in the order of the log', async () => {
    const lines = await linesOf(`/v1/clients/${story.clientId}/timeline`);
    expect(idsIn(lines)).toEqual(story.events.map(({ id }) => id));
    const positions = lines.map(({ position }) => Number(position));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(await linesOf(`/v1/cases/${story.caseId}/timeline`)).toEqual(lines);
  });

  it('tells who did what, when, why and under which consent', async () => {
    const lines = await linesOf(`/v1/clients/${story.clientId}/timeline?type=ReferralPackageOpened`);
    const opened = story.events.find(({ type }) => type === 'ReferralPackageOpened');
    expect(lines).toEqual([
      {
        position: expect.stringMatching(/^\d+$/),
        recordedAt: expect.any(String),
        occurredAt: '2026-03-04T12:05:00.000Z',
        service: 'referral',
        stream: `referral-${story.referralId}`,
        revision: 4,
        eventId: opened?.id,
        type: 'ReferralPackageOpened',
        schemaVersion: 1,
        actor: focalPoint,
        unit: 'ombudsman',
        why: {
          causationId: expect.any(String),
          correlationId: expect.any(String),
          consentId: story.consentId,
          disclosureId: opened?.data.disclosureId,
        },
        data: opened?.data,
        sealedFields: [],
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('never shows sealed text, but says where it stands', async () => {
    const { status, body } = await ask(`/v1/clients/${story.clientId}/timeline`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/plaintext|\$sealed/);
    const sealed = body.items.filter((line: { sealedFields: string[] }) => line.sealedFields.length > 0);
    expect(sealed).toMatchObject([
      { type: 'ConcernSubmitted', sealedFields: ['narrative', 'matter'], data: { narrative: '[sealed]' } },
      { type: 'RiskAssessed', sealedFields: ['levels'] },
      { type: 'ReferralDrafted', sealedFields: ['package.contact'], data: { package: { contact: '[sealed]' } } },
      { type: 'ConsentGiven', sealedFields: ['language', 'explained'] },
    ]);
  });

  it('holds what was recorded of a stream before its client was known', async () => {
    const [concernId, clientId] = [randomUUID(), randomUUID()];
    const read = { resource: `concern-${concernId}`, what: 'GetConcern', ground: 'none', outcome: 'refused' };
    const events = [
      told(`intake_access-${concernId}`, 'ClientDataRead', '2026-03-02T08:00:00.000Z', read),
      told(`concern-${concernId}`, 'ReceiptIssued', '2026-03-02T08:00:00.000Z'),
      told(`concern-${concernId}`, 'ConcernSubmitted', '2026-03-02T08:00:00.000Z', { clientId }),
    ];
    await tellLog(stage, events);
    expect(idsIn(await linesOf(`/v1/clients/${clientId}/timeline`))).toEqual(events.map(({ id }) => id));
  });

  it('shows an event of a later release as it is stored, and what follows from the history says that it was not read', async () => {
    const [one, later] = [oneCase(), { schemaVersion: 2 }];
    const read = one.events.filter(({ type }) => type === 'ClientDataRead').slice(0, 1);
    const added = read.map((event) => ({ ...event, ...later, id: randomUUID(), data: { ...event.data, seen: 'x' } }));
    await tellLog(stage, [...one.events, ...added]);
    const lines = await answerTo(`/v1/clients/${one.clientId}/timeline`);
    expect(lines.items.at(-1)).toMatchObject({ type: 'ClientDataRead', schemaVersion: 2, data: { seen: 'x' } });
    const notInterpreted = [{ type: 'ClientDataRead', events: 1 }];
    const moment = encodeURIComponent(String(lines.items.at(-1)?.recordedAt));
    expect(await answerTo(`/v1/cases/${one.caseId}/state?at=${moment}`)).toMatchObject({ notInterpreted });
    expect(await answerTo(`/v1/cases/${one.caseId}/accesses`)).toMatchObject({ notInterpreted });
    const { outcome, checks } = await answerTo(`/v1/cases/${one.caseId}/checks`);
    const known = checks.find(({ check }: { readonly check: string }) => check === 'version_known');
    expect({ outcome, findings: known?.findings }).toMatchObject({
      outcome: 'broken',
      findings: [{ eventId: added[0]?.id, fault: 'version_unknown' }],
    });
  });

  it('goes page by page', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await answerTo(`/v1/clients/${story.clientId}/timeline?limit=7${after}`);
      seen.push(...idsIn(page.items));
      after = page.next === undefined ? '' : `&after=${page.next}`;
    } while (after !== '');
    expect(seen).toEqual(story.events.map(({ id }) => id));
  });

  it('is filtered by type, by who acted and by when it was recorded', async () => {
    const path = `/v1/clients/${story.clientId}/timeline`;
    const all = await linesOf(path);
    const count = async (query: string) => (await linesOf(`${path}?${query}`)).length;
    expect(await count('type=DisclosureRecorded')).toBe(2);
    expect(await count(`actor=${focalPoint.id}`)).toBe(story.events.filter(({ actor }) => actor === focalPoint).length);
    const middle = encodeURIComponent(String(all[9]?.recordedAt));
    expect((await count(`to=${middle}`)) + (await count(`from=${middle}`))).toBe(all.length);
    expect(await count(`from=${encodeURIComponent('2999-01-01T00:00:00+02:00')}`)).toBe(0);
  });
});

describe('the state of a case', () => {
  const stateOf = (at: string, by: string) =>
    answerTo(`/v1/cases/${story.caseId}/state?at=${encodeURIComponent(at)}&by=${by}`);

  it('is what was known at any moment between two events of the log', async () => {
    const lines = await linesOf(`/v1/cases/${story.caseId}/timeline`);
    const known = async (type: string) => {
      const line = lines.find((each) => each.type === type);
      const { referrals, consents } = await stateOf(String(line?.recordedAt), 'recorded');
      const shown = (list: { status: string }[]) => list.map(({ status }) => status);
      return [shown(referrals), shown(consents)];
    };
    expect(await known('ConcernSubmitted')).toEqual([[], []]);
    // The consent's last moment is a day of the domain's calendar, which the log's own clock has long passed.
    const given = expect.stringMatching(/^(in_force|expired)$/);
    expect(await known('ReferralBlocked')).toEqual([['blocked_no_consent'], []]);
    expect(await known('ReferralPackageOpened')).toEqual([['acknowledged'], [given]]);
    expect(await known('ReferralSuspended')).toEqual([['suspended_consent_withdrawn'], ['withdrawn']]);
  });

  it('is what was so at any moment of the world', async () => {
    expect(await stateOf('2026-03-04T12:30:00.000Z', 'occurred')).toMatchObject({
      caseId: story.caseId,
      clientId: story.clientId,
      by: 'occurred',
      intact: true,
      events: 21,
      concern: { status: 'accepted', overdue: false, firstResponseAt: '2026-03-03T09:00:00.000Z' },
      case: { caseCode: 'K7-QX', stage: 'engagement', team: [officer.id, 'lucia'] },
      consents: [{ consentId: story.consentId, status: 'in_force', disclosures: 2 }],
      referrals: [{ referralId: story.referralId, status: 'acknowledged', openings: 1 }],
      reads: { allowed: 2, refused: 0 },
      notInterpreted: [],
    });
    const before = await stateOf('2026-03-03T08:30:00+00:00', 'occurred');
    expect(before).toMatchObject({ concern: { overdue: true }, consents: [], referrals: [] });
    expect(before.case).toBeUndefined();
  });
});

describe('the accesses of a case', () => {
  it('are what people saw or were refused, and who replays it', async () => {
    const path = `/v1/cases/${story.caseId}/accesses`;
    const { items } = await answerTo(path);
    const ofServices = items.filter(({ service }: { service: string }) => service !== 'audit');
    const referral = `referral-${story.referralId}`;
    const consentId = story.consentId;
    const unit = 'ombudsman';
    expect(ofServices).toMatchObject([
      { type: 'ClientDataRead', who: officer, what: 'GetConcern', ground: 'allocated_officer', outcome: 'allowed' },
      { type: 'DisclosureRefused', who: officer, resource: referral, ground: 'no_consent', outcome: 'refused' },
      { type: 'ReferralBlocked', who: officer, resource: referral, what: 'send', outcome: 'refused' },
      { type: 'ReferralPackageOpened', who: focalPoint, unit, what: 'open', outcome: 'allowed', consentId },
      { type: 'ClientDataRead', who: focalPoint, unit, what: 'OpenPackage', outcome: 'allowed', consentId },
      { type: 'DisclosureRefused', who: focalPoint, what: 'open', ground: 'withdrawn', outcome: 'refused' },
      { type: 'ClientDataRead', who: focalPoint, what: 'OpenPackage', outcome: 'refused' },
    ]);
    const auditor = { kind: 'staff', id: stage.idOf('jonas.auditor') };
    const again = await answerTo(path);
    expect(again.items.at(-1)).toMatchObject({
      service: 'audit',
      who: auditor,
      what: 'GetCaseAccesses',
      purpose: 'audit',
      ground: 'auditor',
    });
    expect(again.items).toHaveLength(items.length + 1);
  });
});

describe('a replay', () => {
  it('is recorded for what it is asked for, and made for no statistics', async () => {
    const replay = (purpose: string) =>
      stage.ask('audit', 'GET', `/v1/cases/${story.caseId}/timeline`, {
        ...{ as: 'jonas.auditor', headers: { 'x-purpose': purpose } },
      });
    expect(await replay('investigation')).toMatchObject({ status: 200 });
    expect(await replay('statistics')).toMatchObject({ status: 403, body: { code: 'purpose_not_allowed' } });
    const { items } = await answerTo(`/v1/cases/${story.caseId}/accesses`);
    const stated = items.filter(({ purpose }: { purpose: string }) =>
      ['investigation', 'statistics'].includes(purpose),
    );
    expect(stated).toMatchObject([
      { what: 'GetCaseTimeline', purpose: 'investigation', outcome: 'allowed' },
      { what: 'GetCaseTimeline', purpose: 'statistics', outcome: 'refused' },
    ]);
  });
});

describe('the checks of a case', () => {
  it('are all in order where the rules were kept', async () => {
    const { outcome, checks } = await answerTo(`/v1/cases/${story.caseId}/checks`);
    expect(checks.filter((check: { outcome: string }) => check.outcome !== 'ok')).toEqual([]);
    expect(checks).toHaveLength(9);
    expect(outcome).toBe('ok');
  });
});

describe('a log that somebody with all rights has tampered with', () => {
  const brokenStreams = async (clientId: string) => {
    const { streams } = await answerTo(`/v1/clients/${clientId}/timeline`);
    return streams.filter(({ intact }: { intact: boolean }) => !intact);
  };

  it('shows the stream that is no longer as it was written, and where', async () => {
    const forged = oneCase();
    await tellLog(stage, forged.events);
    expect(await brokenStreams(forged.clientId)).toEqual([]);
    const stream = `consent-${forged.clientId}`;
    await tamper(
      stage,
      `UPDATE waymark.events SET data = replace(data, 'no_consent', 'expired') WHERE stream_id = $1 AND revision = 0`,
      [stream],
    );
    expect(await brokenStreams(forged.clientId)).toEqual([{ stream, events: 6, intact: false, brokenAt: 0 }]);
    expect(await answerTo(`/v1/cases/${forged.caseId}/state?at=2026-12-31T00:00:00Z`)).toMatchObject({ intact: false });
    const { outcome, checks } = await answerTo(`/v1/cases/${forged.caseId}/checks`);
    expect(outcome).toBe('broken');
    expect(checks.find(({ check }: { check: string }) => check === 'chain_intact')).toMatchObject({
      outcome: 'broken',
      findings: [{ stream, revision: 0, fault: 'chain_broken' }],
    });
  });

  it('shows also what became of events without their author, and of a stream that is gone', async () => {
    const forged = oneCase();
    await tellLog(stage, forged.events);
    expect(await brokenStreams(forged.clientId)).toEqual([]);
    await tamper(stage, `UPDATE waymark.events SET metadata = '{}' WHERE stream_id = $1`, [
      `concern-${forged.concernId}`,
    ]);
    await tamper(stage, 'DELETE FROM waymark.events WHERE stream_id = $1', [`case-${forged.caseId}`]);
    expect(await brokenStreams(forged.clientId)).toEqual([
      { stream: `case-${forged.caseId}`, events: 0, intact: false, brokenAt: 0 },
      { stream: `concern-${forged.concernId}`, events: 7, intact: false, brokenAt: 0 },
    ]);
  });
});

describe('the routes of audit', () => {
  const routes = () => [
    `/v1/clients/${story.clientId}/timeline`,
    `/v1/cases/${story.caseId}/timeline`,
    `/v1/cases/${story.caseId}/state?at=2026-03-04T12:30:00.000Z`,
    `/v1/cases/${story.caseId}/accesses`,
    `/v1/cases/${story.caseId}/checks`,
  ];

  it.each(['amina.officer', 'ingrid.supervisor', 'priya.analyst', 'samoa.administrator', 'service:referral'])(
    'refuse %s',
    async (who) => {
      for (const route of routes()) expect(await ask(route, who)).toMatchObject({ status: 403 });
    },
  );

  it('refuse whoever shows no token', async () => {
    for (const route of routes()) expect(await stage.ask('audit', 'GET', route)).toMatchObject({ status: 401 });
  });

  it('answer the auditor alike for an id that does not exist and for one that is none', async () => {
    for (const route of routes()) {
      const unknown = await ask(route.replace(/[0-9a-f-]{36}/, randomUUID()));
      const none = await ask(route.replace(/[0-9a-f-]{36}/, 'none'));
      expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect({ ...none.body, instance: '' }).toEqual({ ...unknown.body, instance: '' });
    }
  });

  it.each([
    ['timeline', 'from=yesterday', 'from'],
    ['timeline', 'limit=0', 'limit'],
    ['timeline', 'after=-1', 'after'],
    ['timeline', 'sealed=open', 'sealed'],
    ['state', '', 'at'],
    ['state', 'at=2026-02-30T00:00:00Z', 'at'],
    ['state', 'at=2026-03-04T12:30:00Z&by=guess', 'by'],
    ['accesses', 'limit=1', 'limit'],
  ])('refuse a %s with ?%s and name the field', async (route, query, field) => {
    const { status, body } = await ask(`/v1/cases/${story.caseId}/${route}?${query}`);
    expect(status).toBe(422);
    expect(body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field })]));
  });

  it('record every replay before they answer it', async () => {
    const path = `/v1/cases/${story.caseId}/accesses?actor=${stage.idOf('jonas.auditor')}&limit=500`;
    const before = (await answerTo(path)).items.length;
    for (const route of routes()) await answerTo(route);
    const after = (await answerTo(path)).items.slice(before);
    expect(after.map(({ what }: { what: string }) => what)).toEqual([
      'GetCaseAccesses',
      'GetClientTimeline',
      'GetCaseTimeline',
      'GetCaseState',
      'GetCaseAccesses',
      'CheckCase',
    ]);
  });
});
