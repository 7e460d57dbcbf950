import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { FollowedCases } from './followed-case.fixture.js';
import { clientRoutes, unitRoutes, unknown } from './routes-of-what-follows.fixture.js';
import { toldBy } from './shut-out.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const [shutOut, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const focalPoint = 'olivier.ombudsman';
describe('whom a reporter shuts out of a concern, after its case was opened', () => {
  let stage: Stage;
  let cases: FollowedCases;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral], logLevel: 'error' });
    cases = new FollowedCases(stage, officer);
  });
  afterAll(() => stage?.close());

  const client: FollowedCases['askOfClient'] = (...args) => cases.askOfClient(...args);
  const ask: FollowedCases['askOfReferrals'] = (...args) => cases.askOfReferrals(...args);

  it('gets on every route of the client what an id gets that does not exist, and another supervisor approves', async () => {
    const { clientId } = await cases.open({ people: [stage.idOf(shutOut)] });
    for (const [method, path, body] of clientRoutes(stage)) {
      const answer = toldBy(await client(method, clientId, path, shutOut, body));
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(toldBy(await client(method, unknown, path, shutOut, body)));
    }
    expect(await client('GET', clientId, 'erasure', other)).toMatchObject({ status: 200 });
    expect(await client('GET', clientId, 'overrides', other)).toMatchObject({ status: 200 });
  });

  it('gets that as well when they say what for, and is on record alike', async () => {
    const { clientId } = await cases.open({ people: [stage.idOf(shutOut)] });
    const reads = async (id: string): Promise<number> => {
      let count = 0;
      for await (const { metadata } of stage.log.readStream(`consent_access-${id}`))
        if (metadata.actor.id === stage.idOf(shutOut)) count += 1;
      return count;
    };
    for (const path of ['erasure', 'overrides'])
      for (const purpose of ['accompaniment', 'supervision', 'statistics']) {
        const asked = (id: string) =>
          stage.ask('consent', 'GET', `/v1/clients/${id}/${path}`, { as: shutOut, headers: { 'x-purpose': purpose } });
        const answer = toldBy(await asked(clientId));
        expect(answer).toMatchObject({ status: 404, rest: { code: 'not_found' } });
        expect(answer).toEqual(toldBy(await asked(unknown)));
      }
    expect(await reads(clientId)).toBeGreaterThan(0);
    expect(await reads(unknown)).toBeGreaterThan(0);
  });

  it('does not approve an override or an erasure that the team has asked for, and somebody else does', async () => {
    const { clientId } = await cases.open({ people: [stage.idOf(shutOut)] });
    const [, , body] = clientRoutes(stage).find(([method, path]) => method === 'POST' && path === 'overrides') ?? [];
    const { overrideId } = (await client('POST', clientId, 'overrides', officer, body)).body;
    const approval = `overrides/${overrideId}/approval`;
    expect(await client('POST', clientId, approval, shutOut)).toMatchObject({ status: 404 });
    expect(await client('POST', clientId, approval, other)).toMatchObject({ status: 200 });
    await client('POST', clientId, 'erasure-requests', officer, { way: 'oral' });
    expect(await client('POST', clientId, 'erasure-approval', shutOut)).toMatchObject({ status: 404 });
    expect(await client('POST', clientId, 'erasure-approval', other)).toMatchObject({ status: 200 });
  });

  it('is shut out of the client as one of a role, and of a unit', async () => {
    const ofRole = await cases.open({ roles: ['supervisor'] });
    expect(await client('GET', ofRole.clientId, 'erasure', other)).toMatchObject({ status: 404 });
    expect(await client('GET', ofRole.clientId, 'erasure', officer)).toMatchObject({ status: 200 });
    const free = await cases.open();
    expect(await client('GET', free.clientId, 'erasure', shutOut)).toMatchObject({ status: 200 });
  });

  it('gets no referral: one to a unit that was shut out is refused to the team, which may know', async () => {
    const { caseId } = await cases.open({ units: ['ombudsman'] });
    expect(await cases.draft(caseId)).toMatchObject({ status: 409, body: { code: 'recipient_shut_out' } });
    expect(await cases.draft(caseId, 'ethics_office')).toMatchObject({ status: 201 });
    expect(await cases.draft((await cases.open()).caseId)).toMatchObject({ status: 201 });
  });

  it('finds none of its referrals as one of the unit that it was sent to, on no route and in no list', async () => {
    const open = await cases.send(await cases.open());
    const hidden = await cases.send(await cases.open({ people: [stage.idOf(focalPoint)] }));
    for (const [method, path, body] of unitRoutes) {
      const answer = toldBy(await ask(method, `/${hidden}${path}`, focalPoint, body));
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(toldBy(await ask(method, `/${unknown}${path}`, focalPoint, body)));
    }
    const seen = await cases.listOf(focalPoint);
    expect(seen).toContain(open);
    expect(seen).not.toContain(hidden);
    expect(await ask('GET', `/${open}`, focalPoint)).toMatchObject({ status: 200 });
    expect(await ask('GET', `/${hidden}`, officer)).toMatchObject({ status: 200, body: { status: 'sent' } });
    expect((await ask('GET', '?limit=1', focalPoint)).body.items).toHaveLength(1);
  });

  it('has come onto the team before that was noticed, and still finds neither referrals nor client', async () => {
    const { caseId, clientId } = await cases.open({ people: [stage.idOf(shutOut)] });
    const referralId = (await cases.draft(caseId, 'ethics_office')).body.referralId;
    // The case service refuses them; a copy of the team that has them all the same lets them in no further.
    for (const service of ['consent', 'referral'])
      await stage.query(service, 'UPDATE case_teams SET team = team || $1::text WHERE case_id = $2', [
        stage.idOf(shutOut),
        caseId,
      ]);
    expect(await client('GET', clientId, 'consents', shutOut)).toMatchObject({ status: 404 });
    expect(await ask('GET', `/${referralId}`, shutOut)).toMatchObject({ status: 404 });
    expect(await cases.listOf(shutOut, `&caseId=${caseId}`)).toEqual([]);
    expect(await cases.listOf(officer, `&caseId=${caseId}`)).toEqual([referralId]);
  });

  it('is named nowhere in what consent and referral keep', async () => {
    const { caseId } = await cases.open({ people: [stage.idOf(shutOut)], units: ['human_resources'] });
    for (const service of ['consent', 'referral']) {
      const rows = await stage.query(service, 'SELECT t::text AS row FROM case_teams AS t WHERE case_id = $1', [
        caseId,
      ]);
      expect(JSON.stringify(rows)).toMatch(/[0-9a-f]{32}/);
      expect(JSON.stringify(rows)).not.toContain(stage.idOf(shutOut));
      expect(JSON.stringify(rows)).not.toContain('human_resources');
    }
  });
});
