import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { asked, clientRoutes, unitRoutes, unknown } from './routes-of-what-follows.fixture.js';
import { caseShuttingOut, toldBy } from './shut-out.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const [recusing, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const focalPoint = 'olivier.ombudsman';

describe('whoever has recused from a case', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const client = (method: 'GET' | 'POST', clientId: string, path: string, as: string, body: object = {}) =>
    stage.ask('consent', method, `/v1/clients/${clientId}/${path}`, { as, body });
  const ask = (method: 'GET' | 'POST', path: string, as: string, body: object = {}) =>
    stage.ask('referral', method, `/v1/referrals${path}`, { as, body });
  const opened = async () => {
    const caseId = await caseShuttingOut(stage, officer);
    const clientId: string = (await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: officer })).body.clientId;
    await eventually(async () =>
      expect(await client('GET', clientId, 'consents', officer)).toMatchObject({ status: 200 }),
    );
    return { caseId, clientId };
  };
  const recuse = async (caseId: string, as: string) => {
    const body = { reason: 'We are cousins.' };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/recusal`, { as, body })).toMatchObject({ status: 200 });
    const known = 'SELECT 1 FROM case_teams WHERE case_id = $1 AND recused @> ARRAY[$2]::text[]';
    for (const service of ['consent', 'referral'])
      await eventually(async () => expect(await stage.query(service, known, [caseId, stage.idOf(as)])).toHaveLength(1));
  };

  it('gets on every route of its client what an id gets that does not exist, and another supervisor approves', async () => {
    const { caseId, clientId } = await opened();
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
    const { caseId, clientId } = await opened();
    const validUntil = new Date(Date.parse(stage.clock.now()) + 86_400_000).toISOString();
    await client('POST', clientId, 'consents', officer, { ...asked, form: 'written', validUntil });
    const { referralId } = (
      await ask('POST', '', officer, {
        ...{ caseId, unit: 'ombudsman', service: 'mediation', purpose: 'referral', urgency: 'routine' },
        package: [{ category: 'contact', content: 'By letter only.' }],
      })
    ).body;
    expect(await ask('POST', `/${referralId}/sending`, officer)).toMatchObject({ status: 200 });
    expect(await ask('GET', `/${referralId}`, focalPoint)).toMatchObject({ status: 200 });
    const listed = async (): Promise<boolean> =>
      (await ask('GET', '?limit=100', focalPoint)).body.items.some(
        (line: { referralId: string }) => line.referralId === referralId,
      );
    await eventually(async () => expect(await listed()).toBe(true));
    // Nobody of a unit is on a team as the demo people are; somebody may have been and have changed to it since.
    await stage.query('referral', 'UPDATE case_teams SET recused = recused || $1::text WHERE case_id = $2', [
      stage.idOf(focalPoint),
      caseId,
    ]);
    for (const [method, path, body] of unitRoutes) {
      const answer = toldBy(await ask(method, `/${referralId}${path}`, focalPoint, body));
      expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
      expect(answer).toEqual(toldBy(await ask(method, `/${unknown}${path}`, focalPoint, body)));
    }
    expect(await listed()).toBe(false);
  });
});
