import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { FollowedCases } from './followed-case.fixture.js';
import { clientRoutes, unitRoutes, unknown } from './routes-of-what-follows.fixture.js';
import { toldBy } from './shut-out.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const [recusing, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const focalPoint = 'olivier.ombudsman';

describe('whoever has recused from a case', () => {
  let stage: Stage;
  let cases: FollowedCases;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral], logLevel: 'error' });
    cases = new FollowedCases(stage, officer);
  });
  afterAll(() => stage?.close());

  const client: FollowedCases['askOfClient'] = (...args) => cases.askOfClient(...args);
  const ask: FollowedCases['askOfReferrals'] = (...args) => cases.askOfReferrals(...args);
  const recuse = async (caseId: string, as: string) => {
    const body = { reason: 'We are cousins.' };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/recusal`, { as, body })).toMatchObject({ status: 200 });
    const known = 'SELECT 1 FROM case_teams WHERE case_id = $1 AND recused @> ARRAY[$2]::text[]';
    for (const service of ['consent', 'referral'])
      await eventually(async () => expect(await stage.query(service, known, [caseId, stage.idOf(as)])).toHaveLength(1));
  };

  it('gets on every route of its client what an id gets that does not exist, and another supervisor approves', async () => {
    const { caseId, clientId } = await cases.open();
    await client('POST', clientId, 'erasure-requests', officer, { way: 'oral' });
    expect(await client('GET', clientId, 'erasure', recusing)).toMatchObject({ status: 200 });
    await recuse(caseId, recusing);
    for (const [method, path, body] of clientRoutes(stage)) {
      const answer = toldBy(await client(method, clientId, path, recusing, body));
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(toldBy(await client(method, unknown, path, recusing, body)));
    }
    expect(await client('POST', clientId, 'erasure-approval', other)).toMatchObject({ status: 200 });
  });

  it('finds none of its referrals, also as one of the unit that it was sent to', async () => {
    const followed = await cases.open();
    const referralId = await cases.send(followed);
    expect(await ask('GET', `/${referralId}`, focalPoint)).toMatchObject({ status: 200 });
    await eventually(async () => expect(await cases.listOf(focalPoint)).toContain(referralId));
    // Nobody of a unit is on a team as the demo people are; somebody may have been and have changed to it since.
    await stage.query('referral', 'UPDATE case_teams SET recused = recused || $1::text WHERE case_id = $2', [
      stage.idOf(focalPoint),
      followed.caseId,
    ]);
    for (const [method, path, body] of unitRoutes) {
      const answer = toldBy(await ask(method, `/${referralId}${path}`, focalPoint, body));
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(toldBy(await ask(method, `/${unknown}${path}`, focalPoint, body)));
    }
    expect(await cases.listOf(focalPoint)).not.toContain(referralId);
  });
});
