import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listRoutes, resourceTypeOf } from '@waymark/access';
import type { RecordedEvent } from '@waymark/event-store';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { routesNamingAThing } from './access-oracle/strangers.fixture.js';
import { type Played, playStory } from './whole-platform.fixture.js';
import { whileNothingIsRecorded } from './unrecorded.fixture.js';

jest.setTimeout(180_000);

const auditor = 'jonas.auditor';
const categories = ['intake', 'case', 'consent', 'referral', 'audit'].map((service) => `${service}_access`);

interface Line {
  readonly service: string;
  readonly what: string;
  readonly resource: string;
  readonly ground: string;
  readonly outcome: string;
  readonly who: { readonly kind: string; readonly id: string };
}

describe('a reading that the policies refuse', () => {
  let stage: Stage;
  let played: Played;
  beforeAll(async () => {
    stage = await startStage({ services: definitions, logLevel: 'silent' });
    played = await playStory(stage);
  });
  afterAll(() => stage?.close());

  const read = (service: string, path: string, as: string) => stage.ask(service, 'GET', path, { as });
  const recordedOf = async (personId: string): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for (let after = -1n; ;) {
      const { events, position } = await stage.log.readAll({ after, categories, limit: 1_000 });
      if (position === after) return found;
      after = position;
      found.push(...events.filter(({ metadata }) => metadata.actor.id === personId));
    }
  };
  const accesses = async (query: string): Promise<readonly Line[]> => {
    const { status, body } = await read('audit', `/v1/accesses?limit=500&${query}`, auditor);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body.items;
  };
  const alarmsOn = async (who: string): Promise<readonly string[]> => {
    const { body } = await read('audit', `/v1/reading-alarms?person=${stage.idOf(who)}`, auditor);
    return body.items.map(({ rule }: { rule: string }) => rule);
  };

  it.each([
    ['officer', 'lucia.officer'],
    ['unit_focal_point', 'elena.ethics'],
  ])('is answered and recorded alike, whether the thing is hidden or does not exist: %s', async (role, stranger) => {
    const { concernId: concerns, caseId: cases, clientId: clients, referralId: referrals } = played;
    const ids = { concerns, cases, clients, referrals };
    const readings = (await routesNamingAThing(stage)).filter(
      ({ route }) => route.method === 'GET' || route.path.endsWith('/openings'),
    );
    for (const { route, plural, request } of readings) {
      const what = `${route.method} ${route.path}`;
      const [known, unknown] = [ids[plural], randomUUID()];
      const about = async (id: string) => {
        const before = (await recordedOf(stage.idOf(stranger))).length;
        const { path, body } = request(id);
        const answer = await stage.ask(route.service, route.method, path, { as: stranger, body });
        const recorded = (await recordedOf(stage.idOf(stranger))).slice(before);
        const told = { status: answer.status, body: { ...answer.body, instance: '' } };
        const events = recorded.map(({ stream, type, data, metadata: { actor, unit, purpose } }) => ({
          ...{ stream, type, data, actor, unit, purpose },
        }));
        return JSON.stringify({ what, told, events }).replaceAll(id, 'the id');
      };
      const one = await about(known);
      expect(await about(unknown)).toBe(one);
      expect(JSON.parse(one)).toMatchObject({
        what,
        told: { status: route.operation['x-waymark-access'].staff?.includes(role) ? 404 : 403 },
        events: [{ data: { outcome: 'refused', ground: 'none', resource: expect.stringMatching(/-the id$/) } }],
      });
    }
  });

  it('is known by the address on every route that reads a thing, but for reporters, who have one of their own', async () => {
    const named = (await routesNamingAThing(stage)).map(({ route }) => route.path.replaceAll(/\{(\w+)\}/g, ':$1'));
    const reading = definitions
      .flatMap(({ name }) => listRoutes(stage.running(name).app))
      .filter(({ method, access }) => method === 'GET' && access && resourceTypeOf(access.action) !== 'Waymark');
    const unnamed = reading.filter(({ path, access }) => !named.includes(path) && (access?.staff ?? access?.service));
    expect(unnamed).toEqual([]);
    expect(reading.length).toBeGreaterThan(unnamed.length);
  });

  it('is found by the case and the client whom it was about, in whichever service', async () => {
    const person = `person=${stage.idOf('meilin.officer')}&outcome=refused`;
    const { concernId, caseId, clientId, referralId } = played;
    await read('intake', `/v1/concerns/${concernId}`, 'meilin.officer');
    await read('case', `/v1/cases/${caseId}/notes`, 'meilin.officer');
    await read('consent', `/v1/clients/${clientId}/consents`, 'meilin.officer');
    await read('referral', `/v1/referrals/${referralId}`, 'meilin.officer');
    await read('case', `/v1/cases/${randomUUID()}`, 'meilin.officer');
    const expected = [
      { service: 'intake', what: 'ReadConcern', resource: `concern-${concernId}` },
      { service: 'case', what: 'ListNotes', resource: `case-${caseId}` },
      { service: 'consent', what: 'ListConsents', resource: `consent-${clientId}` },
      { service: 'referral', what: 'ReadReferral', resource: `referral-${referralId}` },
    ].map((line) => expect.objectContaining({ ...line, ground: 'none', outcome: 'refused' }));
    expect(await accesses(`${person}&caseId=${caseId}`)).toEqual(expected);
    expect(await accesses(`${person}&clientId=${clientId}`)).toEqual(expected);
    expect(await accesses(person)).toHaveLength(5);
  });

  it('raises an alarm when an officer asks for a case again whose team they have left', async () => {
    const [leaver, path] = ['kwame.officer', `/v1/cases/${played.caseId}`];
    expect(await read('case', path, leaver)).toMatchObject({ status: 200 });
    const removal = `${path}/team-members/${stage.idOf(leaver)}/removal`;
    expect(await stage.ask('case', 'POST', removal, { as: 'ingrid.supervisor' })).toMatchObject({ status: 200 });
    expect(await alarmsOn(leaver)).toEqual([]);
    expect(await read('case', path, leaver)).toMatchObject({ status: 404 });
    await eventually(async () => expect(await alarmsOn(leaver)).toEqual(['after_leaving_the_team']));
  });

  it('raises an alarm when somebody tries eleven ids, and not at ten', async () => {
    const prober = 'marek.clinician';
    for (let count = 0; count < 10; count += 1) await read('case', `/v1/cases/${randomUUID()}`, prober);
    expect(await accesses(`person=${stage.idOf(prober)}&outcome=refused`)).toHaveLength(10);
    expect(await alarmsOn(prober)).toEqual([]);
    await read('case', `/v1/cases/${randomUUID()}`, prober);
    await eventually(async () => expect(await alarmsOn(prober)).toEqual(['refused_often']));
  });

  it('is recorded as well where a receipt or another service asked', async () => {
    expect(await stage.ask('consent', 'GET', '/v1/my-ledger', { token: played.reporterToken })).toMatchObject({
      status: 403,
    });
    const decision = `/v1/clients/${played.clientId}/decision?recipient=legal&purpose=referral&categories=contact`;
    expect(await read('consent', decision, 'service:reporting')).toMatchObject({ status: 403 });
    const lines = await accesses(`clientId=${played.clientId}&outcome=refused`);
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{ service: 'consent', what: 'ReadMyLedger', resource: `concern-${played.concernId}` },
        who: { kind: 'reporter', id: expect.any(String) },
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ what: 'ReadDecision', who: { kind: 'service', id: 'reporting' } }),
    );
  });

  it('leaves the history of the case whole, and every check passes', async () => {
    const path = `/v1/cases/${played.caseId}`;
    const { checks } = (await read('audit', `${path}/checks`, auditor)).body;
    expect(checks.flatMap(({ findings }: { findings: object[] }) => findings)).toEqual([]);
    const { items, streams } = (await read('audit', `${path}/timeline?limit=500`, auditor)).body;
    expect(items).toContainEqual(expect.objectContaining({ stream: `case_access-${played.caseId}` }));
    expect(streams.filter(({ intact }: { intact: boolean }) => !intact)).toEqual([]);
  });

  it('is no refusal but an error when it cannot be recorded, as a reading that is allowed is none', async () => {
    const statuses = async () => [
      (await read('case', `/v1/cases/${played.caseId}`, 'amina.officer')).status,
      (await read('case', `/v1/cases/${played.caseId}`, 'sofia.counsellor')).status,
      (await read('case', `/v1/cases/${randomUUID()}`, 'sofia.counsellor')).status,
      (await read('case', `/v1/cases/${played.caseId}`, 'priya.analyst')).status,
    ];
    await whileNothingIsRecorded(stage, ['case'], async () => {
      expect(await statuses()).toEqual([500, 500, 500, 500]);
    });
    expect(await statuses()).toEqual([200, 404, 404, 403]);
  });

  describe('or that the end of a referral shuts off, by whoever tries to open its package', () => {
    const focalPoint = 'olivier.ombudsman';
    const opens = () =>
      stage.ask('referral', 'POST', `/v1/referrals/${played.referralId}/openings`, { as: focalPoint });
    beforeAll(async () => {
      const path = `/v1/referrals/${played.referralId}/revocation`;
      expect(await stage.ask('referral', 'POST', path, { as: 'amina.officer' })).toMatchObject({ status: 200 });
    });

    it('is no refusal but an error when it cannot be recorded', async () => {
      await whileNothingIsRecorded(stage, ['referral'], async () =>
        expect(await opens()).toMatchObject({ status: 500 }),
      );
      expect(await opens()).toMatchObject({ status: 409, body: { code: 'referral_closed' } });
    });

    it('raises an alarm as any that is refused again and again', async () => {
      expect(await alarmsOn(focalPoint)).toEqual([]);
      for (let count = 0; count < 11; count += 1) await opens();
      await eventually(async () => expect(await alarmsOn(focalPoint)).toEqual(['refused_often']));
      const lines = await accesses(`person=${stage.idOf(focalPoint)}&outcome=refused&clientId=${played.clientId}`);
      expect(lines.at(-1)).toMatchObject({ what: 'OpenPackage', ground: 'referral_closed' });
    });
  });
});
