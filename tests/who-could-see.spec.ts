import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { digestOf, shippedSources } from '@waymark/access';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { demoPeople } from '@waymark/identity';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { heardOfTeam } from './heard-by-a-concern.fixture.js';
import { type Played, playStory } from './whole-platform.fixture.js';

// Every demo person asks for everything after each step: on a busy machine that takes its time.
jest.setTimeout(240_000);

interface Who {
  readonly kind?: string;
  readonly who?: string;
  readonly staffId?: string;
  readonly asRoles?: readonly string[];
  readonly units?: readonly string[];
}
interface Sight {
  readonly action: string;
  readonly everybody: readonly Who[];
  readonly people: readonly Who[];
  readonly keptOut: readonly Who[];
}
type Seen = Record<string, readonly string[]>;
type Person = (typeof demoPeople)[number];

describe('who could see a case, as the auditor is told afterwards', () => {
  let stage: Stage;
  let played: Played;
  beforeAll(async () => {
    stage = await startStage({
      services: [intake, caseService, consent, referral, audit],
      logLevel: 'error',
      now: new Date().toISOString(),
    });
    played = await playStory(stage);
  });
  afterAll(() => stage?.close());

  const post = async (service: string, path: string, as: string, body: object = {}): Promise<void> => {
    const { status, body: answer } = await stage.ask(service, 'POST', path, { as, body });
    expect({ path, answer, ok: status < 300 }).toMatchObject({ ok: true });
  };
  const aCase = (path: string) => `/v1/cases/${played.caseId}${path}`;
  const asked: Readonly<Record<string, () => readonly [service: string, path: string]>> = {
    ReadConcern: () => ['intake', `/v1/concerns/${played.concernId}`],
    ReadCase: () => ['case', aCase('')],
    ListNotes: () => ['case', aCase('/notes')],
    ListConsents: () => ['consent', `/v1/clients/${played.clientId}/consents`],
    ReadReferral: () => ['referral', `/v1/referrals/${played.referralId}`],
  };
  /** By action: the demo people who are answered now. */
  const whoSeesNow = async () => {
    const seen: Seen = {};
    for (const [action, address] of Object.entries(asked)) {
      const [service, path] = address();
      const names: string[] = [];
      for (const { username } of demoPeople)
        if ((await stage.ask(service, 'GET', path, { as: username })).status === 200) names.push(username);
      seen[action] = names;
    }
    return seen;
  };
  const couldBe =
    ({ id, roles, unit }: Person) =>
    ({ kind, who = '', staffId, asRoles = [], units }: Who): boolean =>
      staffId === undefined
        ? kind === 'role' && roles.some((role) => role === who) && (units?.includes(unit ?? '') ?? true)
        : staffId === id && roles.some((role) => asRoles.includes(role));
  /** By action: the demo people who are told to have been able to. */
  const whoCouldSee = async (at: string) => {
    const path = `${aCase('')}/who-could-see?at=${encodeURIComponent(at)}`;
    const { status, body } = await stage.ask('audit', 'GET', path, { as: 'jonas.auditor' });
    expect({ status, body }).toMatchObject({ status: 200, body: { intact: true, notInterpreted: [] } });
    const sights: readonly Sight[] = body.things.flatMap(({ sights }: { sights: readonly Sight[] }) => sights);
    const could = Object.keys(asked).map((action) => {
      const { everybody = [], people = [], keptOut = [] } = sights.find((each) => each.action === action) ?? {};
      const able = demoPeople.filter(
        (person) => [...everybody, ...people].some(couldBe(person)) && !keptOut.some(couldBe(person)),
      );
      return [action, able.map(({ username }) => username)] as const;
    });
    return { things: body.things, could: Object.fromEntries(could) };
  };
  /** Intake, consent and referral learn of the team by a message. */
  const untilTeamIs = async (...names: readonly string[]): Promise<void> => {
    await heardOfTeam(stage, played.concernId, ...names);
    const team = names.map((name) => stage.idOf(name));
    await eventually(async () => {
      for (const service of ['consent', 'referral']) {
        const sql = 'SELECT team FROM case_teams WHERE case_id = $1';
        expect(await stage.query(service, sql, [played.caseId])).toEqual([{ team }]);
      }
    });
  };
  /** So do they of who has recused. */
  const recuse = async (who: string, reason: string): Promise<void> => {
    await post('case', aCase('/recusal'), who, { reason });
    const ofCase = ['SELECT recused FROM case_teams WHERE case_id = $1', played.caseId] as const;
    const ofConcern = ['SELECT recused FROM concern_queue WHERE concern_id = $1', played.concernId] as const;
    const known = { intake: ofConcern, consent: ofCase, referral: ofCase };
    for (const [service, [sql, id]] of Object.entries(known))
      await eventually(async () => {
        const [row] = await stage.query<{ recused: readonly string[] }>(service, sql, [id]);
        expect(row?.recused).toContain(stage.idOf(who));
      });
  };
  const steps: readonly (readonly [what: string, happens: () => Promise<void>])[] = [
    ['the story', () => untilTeamIs('amina.officer', 'kwame.officer', 'marek.clinician')],
    [
      'an officer leaves the team',
      async () => {
        await post('case', aCase(`/team-members/${stage.idOf('kwame.officer')}/removal`), 'ingrid.supervisor');
        await untilTeamIs('amina.officer', 'marek.clinician');
      },
    ],
    [
      'a clinician recuses',
      async () => {
        await recuse('marek.clinician', 'We share an office.');
        await untilTeamIs('amina.officer');
      },
    ],
    [
      'glass is broken for four hours',
      async () => {
        await post('case', aCase('/emergency-accesses'), 'lucia.officer', {
          ...{ purpose: 'vital_interest', reason: 'She cannot be found.', hours: 4 },
        });
        const concern = `/v1/concerns/${played.concernId}`;
        await eventually(async () =>
          expect(await stage.ask('intake', 'GET', concern, { as: 'lucia.officer' })).toMatchObject({ status: 200 }),
        );
      },
    ],
    [
      'the referral is revoked',
      () => post('referral', `/v1/referrals/${played.referralId}/revocation`, 'amina.officer'),
    ],
    [
      'another officer takes the case over, and its concern with it',
      async () => {
        await post('case', aCase('/officer'), 'tomas.supervisor', { officerId: stage.idOf('meilin.officer') });
        await untilTeamIs('meilin.officer');
      },
    ],
    ['a supervisor recuses', () => recuse('ingrid.supervisor', 'My sister.')],
    ['the four hours are over', async () => stage.clock.advance({ hours: 4, minutes: 1 })],
  ];

  it('is who was answered then, at every step of a history', async () => {
    const moments: { what: string; at: string; seen: Seen }[] = [];
    for (const [what, happens] of steps) {
      await happens();
      const at = new Date(Math.max(Date.now(), Date.parse(stage.clock.now()))).toISOString();
      moments.push({ what, at, seen: await whoSeesNow() });
    }
    // As an auditor does: afterwards.
    for (const { what, at, seen } of moments)
      expect({ what, ...(await whoCouldSee(at)).could }).toEqual({ what, ...seen });
    const reading = moments.map(({ seen }) => seen.ReadCase);
    expect(reading[0]).toEqual(expect.arrayContaining(['amina.officer', 'kwame.officer', 'marek.clinician']));
    expect(new Set(reading.map((names) => names?.join(' '))).size).toBeGreaterThanOrEqual(5);

    expect(moments.at(-1)?.seen.ReadConcern).toContain('meilin.officer');
    expect(moments.at(-1)?.seen.ReadConcern).not.toContain('amina.officer');

    const [before, revoked] = [moments[3]?.at ?? '', moments[4]?.at ?? ''];
    const opening = async (at: string) =>
      (await whoCouldSee(at)).things
        .flatMap(({ sights }: { sights: readonly Sight[] }) => sights)
        .find(({ action }: Sight) => action === 'OpenPackage');
    expect(await opening(before)).toMatchObject({ everybody: [{ who: 'unit_focal_point', units: ['ombudsman'] }] });
    expect(await opening(revoked)).toMatchObject({ obstacle: 'referral_not_live', everybody: [] });
  });

  it('is decided by the policies that each service noted when it started', async () => {
    const { things } = await whoCouldSee(stage.clock.now());
    expect(things.length).toBe(4);
    for (const { policies } of things)
      expect(policies).toEqual({ digest: digestOf(shippedSources()), since: expect.any(String), current: true });
  });
});
