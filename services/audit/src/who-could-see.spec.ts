import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf, type PolicySources, shippedSources } from '@waymark/access';
import { policiesOf } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { audit } from './audit.service.js';
import { oneDay } from './fixtures/one-day.fixture.js';
import { tamper } from './fixtures/tamper.fixture.js';
import { tellLog } from './fixtures/tell-log.fixture.js';
import { told, type ToldEvent } from './fixtures/told-events.fixture.js';

const shipped = shippedSources();
/** Policies of an earlier release, when every officer read every case. */
const lenient: PolicySources = {
  ...shipped,
  files: {
    ...shipped.files,
    'earlier.cedar':
      '@id("officers-read-cases") @rule("Officers read every case.") permit (principal is Staff in Role::"officer", action == Action::"ReadCase", resource is Case);',
  },
};
const unreadable: PolicySources = { schema: `${shipped.schema}\nentity`, files: shipped.files };

function noted(sources: PolicySources, digest = digestOf(sources)): ToldEvent {
  const files = Object.entries(sources.files).map(([name, text]) => ({ name, text }));
  const data = { digest, schema: sources.schema, files };
  return told(policiesOf('case'), 'PolicySetInForce', new Date().toISOString(), data, { service: 'case' });
}

const story = oneDay();
/** The case service has decided by these, one after the other, after the story. */
const inForce = {
  lenient: noted(lenient),
  unreadable: noted(unreadable),
  forged: noted(shipped, digestOf(lenient).replace(/^./, 'f')),
};
/** When the log took what: by type of event, and by name of the policies. */
const taken: Record<string, string> = {};
let stage: Stage;

const lastRecorded = async (stream: string): Promise<string> => {
  for await (const { recordedAt } of stage.log.readStream(stream, { direction: 'backwards', limit: 1 }))
    return recordedAt;
  return '';
};
const ask = (query: string, as = 'jonas.auditor', caseId = story.caseId) =>
  stage.ask('audit', 'GET', `/v1/cases/${caseId}/who-could-see${query}`, { as });
const then = async (at = '') => {
  const { status, body } = await ask(`?at=${encodeURIComponent(at)}`);
  expect({ at, status, body }).toMatchObject({ status: 200 });
  return body;
};
interface Thing {
  readonly kind: string;
  readonly sights: readonly { readonly action: string; readonly everybody: readonly { readonly who: string }[] }[];
}
const thing = (body: { readonly things: readonly Thing[] }, kind: string) =>
  body.things.find((each) => each.kind === kind);
const rolesThatReadCases = (body: { readonly things: readonly Thing[] }) =>
  thing(body, 'Case')
    ?.sights.find(({ action }) => action === 'ReadCase')
    ?.everybody.map(({ who }) => who);

beforeAll(async () => {
  stage = await startStage({ services: [audit], logLevel: 'error', now: new Date().toISOString() });
  taken.nothing = new Date().toISOString();
  const named = [...story.events.map((event) => [event.type, event] as const), ...Object.entries(inForce)];
  for (const [name, event] of named) {
    await tellLog(stage, [event]);
    taken[name] = await lastRecorded(event.stream);
  }
});
afterAll(() => stage.close());

describe('who could see a case, asked over HTTP', () => {
  it('is answered about everything that was there then, with the rule behind each', async () => {
    const body = await then(taken.OfficerRecused);
    expect(body).toMatchObject({ caseId: story.caseId, clientId: story.clientId, intact: true, notInterpreted: [] });
    expect(body.things.map(({ kind, id }: { kind: string; id: string }) => [kind, id])).toEqual([
      ['Concern', story.concernId],
      ['Case', story.caseId],
      ['Client', story.clientId],
      ['Referral', story.referralId],
    ]);
    const reading = thing(body, 'Case')?.sights.find(({ action }) => action === 'ReadCase');
    expect(reading).toEqual({
      action: 'ReadCase',
      everybody: [
        {
          ...{ kind: 'role', who: 'supervisor' },
          through: [
            { policy: 'supervisors-read-cases', effect: 'permit', rule: 'Supervisors review: they read every case.' },
          ],
        },
      ],
      people: [
        {
          ...{ staffId: 'amina', asRoles: ['officer', 'clinician'] },
          through: [
            { policy: 'the-team-reads-its-case', effect: 'permit', rule: expect.stringMatching(/^Need to know/) },
          ],
        },
      ],
      keptOut: [
        {
          ...{ staffId: 'ingrid', asRoles: ['supervisor'] },
          through: [{ policy: 'the-recused-stay-out', effect: 'forbid', rule: expect.any(String) }],
        },
      ],
    });
  });

  it('leaves out what was not there yet, and is not found where nothing was', async () => {
    const kinds = async (type: string) => (await then(taken[type])).things.map(({ kind }: { kind: string }) => kind);
    expect(await kinds('ConcernAllocated')).toEqual(['Concern', 'Client']);
    expect(await kinds('CaseOpened')).toEqual(['Concern', 'Case', 'Client']);
    expect(await ask(`?at=${encodeURIComponent(String(taken.nothing))}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(await ask(`?at=${encodeURIComponent(String(taken.forged))}`, undefined, randomUUID())).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('is refused for a moment to come, and for what is no moment, naming field and rule', async () => {
    stage.clock.set(new Date().toISOString());
    const refused = async (query: string, rule: string) =>
      expect(await ask(query)).toMatchObject({
        status: 422,
        body: {
          code: 'invalid_input',
          errors: expect.arrayContaining([expect.objectContaining({ field: 'at', rule })]),
        },
      });
    await refused(`?at=${encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString())}`, 'notInFuture');
    await refused('?at=yesterday', 'matches');
    await refused('?at=2026-02-30T00%3A00%3A00Z', 'existingDay');
    await refused('', 'isString');
  });

  it('is for auditors, and each who asks is on record before the answer', async () => {
    const query = `?at=${encodeURIComponent(String(taken.CaseOpened))}`;
    for (const as of ['amina.officer', 'ingrid.supervisor', 'olivier.ombudsman', 'samoa.administrator'])
      expect(await ask(query, as)).toMatchObject({ status: 403 });
    const { accesses } = await then(taken.CaseOpened);
    expect(accesses).toBe(`/v1/cases/${story.caseId}/accesses?to=${encodeURIComponent(String(taken.CaseOpened))}`);
    expect(await stage.ask('audit', 'GET', accesses, { as: 'jonas.auditor' })).toMatchObject({ status: 200 });
    const { body } = await stage.ask('audit', 'GET', `/v1/accesses?caseId=${story.caseId}`, { as: 'jonas.auditor' });
    const asked = body.items.filter(({ what }: { what: string }) => what === 'WhoCouldSee');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked[0]).toMatchObject({
      who: { kind: 'staff', id: stage.idOf('jonas.auditor') },
      ...{ resource: `case-${story.caseId}`, ground: 'auditor', purpose: 'audit', outcome: 'allowed' },
    });
  });

  it('shows nothing that is sealed', async () => {
    expect(JSON.stringify(await then(taken.ReferralRevoked))).not.toMatch(/\$sealed|plaintext/);
  });
});

describe('the policies that who could see is asked of', () => {
  const policiesAbout = async (at: string | undefined, kind: string) => {
    const body = await then(at);
    const found = body.things.find((each: Thing) => each.kind === kind);
    return { ...found.policies, roles: rolesThatReadCases(body) };
  };

  it('are those of then, also where a later release is stricter', async () => {
    expect(await policiesAbout(taken.lenient, 'Case')).toEqual({
      ...{ digest: digestOf(lenient), since: taken.lenient, current: false },
      roles: ['officer', 'supervisor'],
    });
  });

  it('are those of today where the log does not tell of any, which the answer says', async () => {
    const stricter = { current: false, substituted: 'not_recorded', roles: ['supervisor'] };
    expect(await policiesAbout(taken.CaseOpened, 'Case')).toEqual(stricter);
    expect(await policiesAbout(taken.lenient, 'Concern')).toMatchObject({ substituted: 'not_recorded' });
  });

  it('are those of today where this release cannot read them, which the answer says', async () => {
    expect(await policiesAbout(taken.unreadable, 'Case')).toEqual({
      ...{ digest: digestOf(unreadable), since: taken.unreadable, current: false },
      ...{ substituted: 'not_readable', roles: ['supervisor'] },
    });
  });

  it('are not taken for what their digest does not say', async () => {
    expect(await policiesAbout(taken.forged, 'Case')).toMatchObject({ substituted: 'not_readable' });
  });

  it('are not believed when somebody has changed their text in the log', async () => {
    const changed = await tamper(
      stage,
      `UPDATE waymark.events SET data = replace(data, 'Officers read every case.', 'Officers read nothing.') WHERE stream_id = $1`,
      [policiesOf('case')],
    );
    expect(changed).toBeGreaterThan(0);
    expect(await policiesAbout(taken.lenient, 'Case')).toMatchObject({ substituted: 'not_readable' });
    expect(await then(taken.lenient)).toMatchObject({ intact: false });
  });
});
