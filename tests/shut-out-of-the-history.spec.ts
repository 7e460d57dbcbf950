import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { FollowedCases } from './followed-case.fixture.js';
import { unknown } from './routes-of-what-follows.fixture.js';
import { concernShuttingOut, toldBy } from './shut-out.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const [shutOut, other] = ['jonas.auditor', 'hana.auditor'];

describe('an auditor whom a reporter shuts out of a concern', () => {
  let stage: Stage;
  let cases: FollowedCases;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral, audit], logLevel: 'error' });
    cases = new FollowedCases(stage, officer);
  });
  afterAll(() => stage?.close());

  const ask = (path: string, as: string) => stage.ask('audit', 'GET', path, { as });
  const notFound = async (path: string, id: string) => {
    const answer = toldBy(await ask(path, shutOut));
    expect({ path, ...answer }).toMatchObject({ path, status: 404, rest: { code: 'not_found' } });
    expect(answer).toEqual(toldBy(await ask(path.replace(id, unknown), shutOut)));
  };
  const clientOf = async (concernId: string): Promise<string> => {
    for await (const { data } of stage.log.readStream(`concern-${concernId}`, { limit: 1 }))
      if ('clientId' in data) return String(data.clientId);
    throw new Error(`nothing in concern-${concernId}`);
  };

  it.each([
    ['the portal', (exclusions: object) => concernShuttingOut(stage, exclusions)],
    [
      'an officer who enters it',
      async (exclusions: object): Promise<string> => {
        const body = {
          ...{ kind: 'concern_report', identity: 'confidential', reporterRelation: 'witness', matter: ['fraud'] },
          ...{ language: 'en', immediateDanger: false, narrative: 'By phone.', channel: 'helpline' },
          ...{ contact: { at: stage.clock.now(), precision: 'minute' } },
          exclusions: { people: [], roles: [], units: [], ...exclusions },
        };
        return (await stage.ask('intake', 'POST', '/v1/contacts', { as: officer, body })).body.concernId;
      },
    ],
  ])('learns nothing of it before there is a case, whether it came by %s', async (_way, raise) => {
    const clientId = await clientOf(await raise({ people: [stage.idOf(shutOut)] }));
    const path = `/v1/clients/${clientId}/timeline`;
    await notFound(path, clientId);
    const { status, body } = await ask(path, other);
    expect({ status, type: body.items?.[0]?.type }).toEqual({ status: 200, type: 'ConcernSubmitted' });
    expect(body.items[0].data.shutOut).toHaveLength(1);
    expect(JSON.stringify(body)).not.toContain(stage.idOf(shutOut));
  });

  it('replays nothing of the case, the consents and the referrals that follow, and another auditor does', async () => {
    const followed = await cases.open({ people: [stage.idOf(shutOut)] });
    await cases.send(followed);
    const { caseId, clientId } = followed;
    const at = encodeURIComponent(stage.clock.now());
    for (const route of ['timeline', `state?at=${at}`, 'accesses', 'checks']) {
      await notFound(`/v1/cases/${caseId}/${route}`, caseId);
      expect({ route, ...(await ask(`/v1/cases/${caseId}/${route}`, other)) }).toMatchObject({ route, status: 200 });
    }
    await notFound(`/v1/clients/${clientId}/timeline`, clientId);
    const seen = async (as: string) => JSON.stringify((await ask('/v1/accesses?limit=500&outcome=allowed', as)).body);
    expect(await seen(other)).toContain(caseId);
    expect(await seen(shutOut)).not.toContain(caseId);
  });

  it('replays what nobody shuts them out of', async () => {
    const { caseId } = await cases.open({ people: [stage.idOf('ingrid.supervisor')], units: ['legal'] });
    expect(await ask(`/v1/cases/${caseId}/timeline`, shutOut)).toMatchObject({ status: 200 });
    expect(await ask(`/v1/cases/${caseId}/timeline`, other)).toMatchObject({ status: 404 });
  });
});
