import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listRoutes, resourceTypeOf } from '@waymark/access';
import { intake } from '@waymark/intake';
import { startService } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import { freePort } from '@waymark/testing';
import { type Played, playStory } from './whole-platform.fixture.js';
import { whileNothingIsRecorded } from './unrecorded.fixture.js';

jest.setTimeout(180_000);

const [officer, supervisor, unit, auditor] = [
  'amina.officer',
  'ingrid.supervisor',
  'olivier.ombudsman',
  'jonas.auditor',
];

interface Line {
  readonly type: string;
  readonly what: string;
  readonly ground: string;
  readonly purpose: string;
  readonly unit?: string;
  readonly shown?: readonly string[];
}

describe('a list that shows lines about persons', () => {
  let stage: Stage;
  let played: Played;
  beforeAll(async () => {
    stage = await startStage({ services: definitions, logLevel: 'silent' });
    played = await playStory(stage);
    const { caseId, clientId } = played;
    const post = async (service: string, path: string, as: string, body: object) =>
      expect((await stage.ask(service, 'POST', path, { as, body })).status).toBeLessThan(300);
    const glass = { purpose: 'vital_interest', reason: 'She does not answer.', hours: 2 };
    await post('case', `/v1/cases/${caseId}/emergency-accesses`, 'meilin.officer', glass);
    await post('consent', `/v1/clients/${clientId}/erasure-requests`, officer, { way: 'oral' });
  });
  afterAll(() => stage?.close());
  /** In an hour in which nobody has opened a list yet. */
  const anHourLater = () => stage.clock.advance({ hours: 1 });

  const open = async (service: string, path: string, as: string, headers: Readonly<Record<string, string>> = {}) => {
    const { status, body } = await stage.ask(service, 'GET', path, { as, headers });
    expect({ path, status, body }).toMatchObject({ status: 200 });
    return body;
  };
  const listsOf = async (as: string, query = ''): Promise<readonly Line[]> => {
    const path = `/v1/accesses?limit=500&person=${encodeURIComponent(stage.idOf(as))}&${query}`;
    return (await open('audit', path, auditor)).items.filter(({ type }: Line) => type === 'ClientDataListed');
  };
  /** The lists that somebody opens in this work, as the log has them. */
  const listedIn = async (as: string, work: () => Promise<unknown>): Promise<readonly Line[]> => {
    const before = (await listsOf(as)).length;
    await work();
    return (await listsOf(as)).slice(before);
  };

  const lists = () => {
    const { concernId, caseId, clientId, referralId } = played;
    return [
      {
        ...{ service: 'intake', path: '/v1/concerns?waitingFor=any', as: officer, what: 'ListConcerns' },
        ...{ ground: 'desk', purpose: 'triage', thing: `concern-${concernId}` },
      },
      {
        ...{ service: 'case', path: '/v1/cases', as: officer, what: 'ListCases' },
        ...{ ground: 'team', purpose: 'accompaniment', thing: `case-${caseId}` },
      },
      {
        ...{ service: 'case', path: '/v1/cases', as: supervisor, what: 'ListCases' },
        ...{ ground: 'supervisor', purpose: 'supervision', thing: `case-${caseId}` },
      },
      {
        ...{ service: 'case', path: '/v1/emergency-accesses', as: supervisor, what: 'ListEmergencyAccesses' },
        ...{ ground: 'supervisor', purpose: 'supervision', thing: `case-${caseId}` },
      },
      {
        ...{ service: 'case', path: '/v1/emergency-accesses', as: auditor, what: 'ListEmergencyAccesses' },
        ...{ ground: 'auditor', purpose: 'audit', thing: `case-${caseId}` },
      },
      {
        ...{ service: 'consent', path: '/v1/approvals', as: supervisor, what: 'ListApprovals' },
        ...{ ground: 'supervisor', purpose: 'supervision', thing: `consent-${clientId}` },
      },
      {
        ...{ service: 'referral', path: '/v1/referrals', as: officer, what: 'ListReferrals' },
        ...{ ground: 'team', purpose: 'accompaniment', thing: `referral-${referralId}` },
      },
      {
        ...{ service: 'referral', path: '/v1/referrals', as: unit, what: 'ListReferrals' },
        ...{ ground: 'recipient', purpose: 'referral', thing: `referral-${referralId}` },
      },
    ];
  };

  it('is an access to each of them, found by their case and as their client', async () => {
    for (const { service, path, as, what, ground, purpose, thing } of lists()) {
      anHourLater();
      const line = expect.objectContaining({ ...{ type: 'ClientDataListed', service, what, ground, purpose } });
      const all = await listedIn(as, () => open(service, path, as));
      expect(all).toEqual([line]);
      expect(all[0]?.shown).toContain(thing);
      for (const query of [`caseId=${played.caseId}`, `clientId=${played.clientId}`]) {
        const last = (await listsOf(as, query)).at(-1);
        expect({ query, last }).toEqual({ query, last: line });
        expect(last?.shown).toEqual([thing]);
      }
      const page = await open('audit', `/v1/cases/${played.caseId}/accesses?limit=500`, auditor);
      expect(page.items).toContainEqual(
        expect.objectContaining({ what, ground, who: { kind: 'staff', id: stage.idOf(as) }, shown: [thing] }),
      );
    }
  });

  it('is one of those above; what else shows things that the address does not name tells of nobody, or of the log', () => {
    const recorded = lists().map(({ path }) => path.split('?')[0] ?? '');
    const ofNoClient = ['caseload', 'first-response', 'referrals', 'typology-geography'].map(
      (of) => `/v1/reports/${of}`,
    );
    const reading = definitions
      .flatMap(({ name }) => listRoutes(stage.running(name).app))
      .filter(({ method, access }) => method === 'GET' && access?.staff && resourceTypeOf(access.action) === 'Waymark')
      .map(({ path }) => path)
      .filter((path) => !path.includes(':'));
    expect(new Set(reading)).toEqual(new Set([...recorded, ...ofNoClient, '/v1/accesses', '/v1/reading-alarms']));
  });

  it('says what it was opened for, where that is stated, and from which unit', async () => {
    anHourLater();
    const [line] = await listedIn(unit, () =>
      open('referral', '/v1/referrals', unit, { 'x-purpose': 'protective_measure' }),
    );
    expect(line).toMatchObject({ purpose: 'protective_measure', unit: 'ombudsman' });
  });

  it('is one access while it shows the same, and another on the next page and in the next hour', async () => {
    anHourLater();
    const [first, second] = ['/v1/concerns?waitingFor=any&limit=1', '/v1/concerns?waitingFor=any&limit=100'];
    const again = async () => {
      const { next } = await open('intake', first, officer);
      await open('intake', first, officer);
      await open('intake', `${first}&after=${String(next)}`, officer);
      await open('intake', second, officer);
    };
    const lines = await listedIn(officer, again);
    expect(lines).toHaveLength(3);
    const [one, other, both] = lines.map(({ shown }) => shown ?? []);
    expect(new Set(both)).toEqual(new Set([...(one ?? []), ...(other ?? [])]));
    anHourLater();
    expect(await listedIn(officer, () => open('intake', first, officer))).toHaveLength(1);
  });

  it('is one access at whichever instances of a service it is opened', async () => {
    anHourLater();
    const environment = { ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    const second = await startService(intake, { environment, clock: stage.clock });
    const token = await stage.token(officer);
    const openAt = async (url: string) => {
      const answer = await fetch(`${url}/v1/concerns?waitingFor=any`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
    };
    try {
      const urls = [second.url, stage.running('intake').url];
      expect(await listedIn(officer, () => Promise.all([...urls, ...urls].map(openAt)))).toHaveLength(1);
    } finally {
      await second.stop();
    }
  });

  it('is none when it shows nothing', async () => {
    anHourLater();
    const nothing = async () => {
      expect((await open('referral', '/v1/referrals', 'elena.ethics')).items).toEqual([]);
      expect((await open('case', '/v1/cases', 'lucia.officer')).items).toEqual([]);
    };
    expect(await listedIn('elena.ethics', nothing)).toEqual([]);
    expect(await listsOf('lucia.officer')).toEqual([]);
  });

  it('raises no alarm on whoever opens it, whomever it shows', async () => {
    for (const as of [officer, supervisor]) {
      const { body } = await stage.ask('audit', 'GET', `/v1/reading-alarms?person=${stage.idOf(as)}`, { as: auditor });
      expect(body.items).toEqual([]);
    }
  });

  it('is not shown when it cannot be recorded; a page without lines is', async () => {
    anHourLater();
    const statuses = async () => {
      const asked = lists().map(({ service, path, as }) => stage.ask(service, 'GET', path, { as }));
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    await whileNothingIsRecorded(stage, ['intake', 'case', 'consent', 'referral'], async () => {
      expect(await statuses()).toEqual(lists().map(() => 500));
      expect(await stage.ask('case', 'GET', '/v1/cases', { as: 'lucia.officer' })).toMatchObject({ status: 200 });
    });
    expect(await statuses()).toEqual(lists().map(() => 200));
  });
});
