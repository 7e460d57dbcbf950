import { expect } from '@jest/globals';
import type { Answer, AskOptions, Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from '../accepted-case.fixture.js';
import { heardOfTeam } from '../heard-by-a-concern.fixture.js';
import { askAsReporter, askToEraseReporter } from '../reporter-erasure.fixture.js';
import { type Played, playStory } from '../whole-platform.fixture.js';

/** Who stands in which column of the oracle, among the demo people. */
export const people = {
  officer_whose_it_is: 'amina.officer',
  officer_on_team: 'kwame.officer',
  officer: 'lucia.officer',
  supervisor: 'ingrid.supervisor',
  alternate_officer: 'beatriz.officer',
  alternate_supervisor: 'samuel.supervisor',
  clinician_on_team: 'marek.clinician',
  clinician: 'sofia.counsellor',
  focal_point_of_unit: 'olivier.ombudsman',
  focal_point: 'elena.ethics',
  analyst: 'priya.analyst',
  auditor: 'jonas.auditor',
  programme_lead: 'isabel.programme',
  administrator: 'samoa.administrator',
} as const;

/** Ids of everything that the oracle speaks of, by the name that it has there. */
export interface World {
  readonly played: Played;
  /** When the log took what was last told of the case. */
  readonly recordedAt: string;
  readonly concerns: Readonly<Record<string, string>>;
  readonly cases: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<string, string>>;
  /** Glass that the officer outside has broken. */
  readonly grantId: string;
  /** By `<thing>/<consent>`. */
  readonly referrals: Readonly<Record<string, string>>;
  /** Sessions of those who have no account, by column. */
  readonly sessions: Readonly<Record<string, string>>;
  readonly receipt: string;
  /** By kind of note, as the oracle names them. */
  readonly notes: Readonly<Record<string, string>>;
}

const amina = people.officer_whose_it_is;

/** A fresh address each time: it is not flooding that is tried here. */
export const fromAnywhere = (): { readonly 'x-forwarded-for': string } => ({
  'x-forwarded-for': `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`,
});

export async function buildWorld(stage: Stage): Promise<World> {
  const post = async (service: string, path: string, asked: AskOptions = {}): Promise<Answer['body']> => {
    const { status, body } = await stage.ask(service, 'POST', path, { headers: fromAnywhere(), ...asked });
    expect({ path, status, body }).toMatchObject({ path, status: status === 201 ? 201 : 200 });
    return body;
  };
  const raise = (exclusions: object) => post('intake', '/v1/concerns', { body: { ...concern, exclusions } });
  const take = (id: string, as: string = amina) => post('intake', `/v1/concerns/${id}/allocation`, { as });
  const session = async (receipt: string): Promise<string> =>
    (await post('intake', '/v1/receipt-sessions', { body: { receipt } })).token;

  const played = await playStory(stage);
  const nobody = { people: [], roles: [], units: [] };
  const raised = {
    taken: await raise(nobody),
    waiting: await raise(nobody),
    shuts_out_a_person: await raise({ ...nobody, people: [stage.idOf(people.officer)] }),
    shuts_out_supervisors: await raise({ ...nobody, roles: ['supervisor'] }),
    shuts_out_the_desk: await raise({ ...nobody, units: ['support_desk'] }),
    shuts_out_all_officers: await raise({ ...nobody, roles: ['officer'] }),
    taken_by_the_officer: await raise(nobody),
  };
  await take(raised.taken_by_the_officer.concernId, people.officer);
  for (const name of ['taken', 'shuts_out_a_person', 'shuts_out_supervisors'] as const)
    await take(raised[name].concernId);
  for (const name of ['shuts_out_the_desk', 'shuts_out_all_officers'] as const)
    await take(raised[name].concernId, people.alternate_officer);
  const clinical = { noteClass: 'clinical', text: 'Clinical, by an officer.' };
  await post('case', `/v1/cases/${played.caseId}/notes`, { as: people.officer_on_team, body: clinical });
  const recused = (await raise(nobody)).concernId;
  const recusedCaseId = await recusedCase(stage, post, recused);
  const shutting = await caseThatShutsOut(stage, post, raise);
  const broken = await brokenCase(stage, post, (await raise(nobody)).concernId);
  const reporterWhoAsks = async (exclusions: object): Promise<string> => {
    const { concernId } = await raise(exclusions);
    await take(concernId);
    return askToEraseReporter(stage, concernId, { as: amina, headers: fromAnywhere() });
  };
  const sessions = {
    reporter: await session(raised.taken.receipt),
    client: played.clientToken,
    other_reporter: await session(raised.waiting.receipt),
  };
  // So that there is something of their own that they may see and take back.
  for (const token of [sessions.reporter, sessions.other_reporter]) await askAsReporter(stage, token, fromAnywhere());
  const aboutTheDesk = (await raise({ ...nobody, units: ['support_desk'] })).concernId;
  return {
    played,
    recordedAt: await lastRecordedAt(stage, `case-${played.caseId}`),
    grantId: broken.grantId,
    concerns: {
      ...Object.fromEntries(Object.entries(raised).map(([name, { concernId }]) => [name, concernId])),
      of_a_case_that_the_team_recused_from: recused,
      of_a_case_under_broken_glass: broken.concernId,
      of_a_case_that_its_taker_left: await concernThatItsTakerLeft(stage, post, (await raise(nobody)).concernId),
      of_a_case_that_the_supervisor_works_on: await concernOfSupervisor(stage, post, (await raise(nobody)).concernId),
    },
    cases: {
      case: played.caseId,
      case_that_shuts_out: shutting.caseId,
      closed_case: await closedCase(stage, post, (await raise(nobody)).concernId),
      case_under_broken_glass: broken.caseId,
      case_of_the_alternate_desk: await acceptedCase(stage, aboutTheDesk, people.alternate_officer, fromAnywhere()),
      case_that_the_team_recused_from: recusedCaseId,
    },
    clients: {
      client: played.clientId,
      client_of_a_case_that_shuts_out: shutting.clientId,
      reporter: await reporterWhoAsks(nobody),
      reporter_who_shuts_out: await reporterWhoAsks({ ...nobody, people: [stage.idOf(people.supervisor)] }),
    },
    referrals: {
      'sent_from_a_case_that_shuts_out/in_force': shutting.referralId,
      'sent/in_force': played.referralId,
      'sent/withdrawn': await withdrawnReferral(stage, post, played),
      'drafted/none': (await post('referral', '/v1/referrals', { as: amina, body: draft(played.caseId, 'mediation') }))
        .referralId,
    },
    sessions,
    receipt: raised.taken.receipt,
    notes: {
      'psychosocial of another case': broken.notes.psychosocial,
      'clinical of another case': broken.notes.clinical,
      psychosocial: 'Came in tears, left calmer.',
      clinical: 'Sleeps two hours a night.',
      'clinical by officer_on_team': clinical.text,
    },
  };
}

async function lastRecordedAt(stage: Stage, stream: string): Promise<string> {
  for await (const { recordedAt } of stage.log.readStream(stream, { direction: 'backwards', limit: 1 }))
    return recordedAt;
  throw new Error(`nothing in ${stream}`);
}

const concern = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'witness',
  matter: ['harassment'],
  language: 'en',
  immediateDanger: false,
  narrative: 'At night.',
};

export const draft = (caseId: string, purpose: string) => ({
  ...{ caseId, unit: 'ombudsman', service: 'mediation', purpose, urgency: 'routine' },
  package: [{ category: 'contact', content: 'By letter only.' }],
});

export const grant = (stage: Stage, changed: object = {}) => ({
  ...{ recipient: 'ombudsman', purpose: 'investigation', categories: ['contact'] },
  ...{ language: 'en', explained: 'What it is for.', capacity: 'self', form: 'written' },
  validUntil: new Date(Date.parse(stage.clock.now()) + 30 * 86_400_000).toISOString(),
  ...changed,
});

/** With the same team; those of each role who are outside of it have broken its glass. */
async function brokenCase(stage: Stage, post: Post, concernId: string) {
  const notes = { psychosocial: 'Does not go out any more.', clinical: 'Eats once a day.' };
  const caseId = await acceptedCase(stage, concernId, amina, fromAnywhere());
  const path = `/v1/cases/${caseId}`;
  for (const member of [people.officer_on_team, people.clinician_on_team])
    await post('case', `${path}/team-members`, { as: people.supervisor, body: { staffId: stage.idOf(member) } });
  for (const noteClass of ['psychosocial', 'clinical'] as const)
    await post('case', `${path}/notes`, { as: people.clinician_on_team, body: { noteClass, text: notes[noteClass] } });
  const body = { purpose: 'officer_absent', reason: 'Nobody of the team is there.', hours: 4 };
  const breakGlass = async (as: string): Promise<string> =>
    (await post('case', `${path}/emergency-accesses`, { as, body })).grantId;
  const grantId = await breakGlass(people.officer);
  for (const person of [people.clinician, people.auditor]) await breakGlass(person);
  await heardOfTeam(stage, concernId, amina, people.officer_on_team, people.clinician_on_team);
  for (const as of [people.officer, people.clinician, people.auditor])
    await eventually(async () =>
      expect(await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as })).toMatchObject({ status: 200 }),
    );
  return { caseId, concernId, grantId, notes };
}

/** Amina took it; the rest of the team works on its case without her. */
async function concernThatItsTakerLeft(stage: Stage, post: Post, concernId: string): Promise<string> {
  const path = `/v1/cases/${await acceptedCase(stage, concernId, amina, fromAnywhere())}`;
  const by = (body: object) => ({ as: people.supervisor, body });
  await post('case', `${path}/officer`, by({ officerId: stage.idOf(people.officer_on_team) }));
  await post('case', `${path}/team-members`, by({ staffId: stage.idOf(people.clinician_on_team) }));
  await heardOfTeam(stage, concernId, people.officer_on_team, people.clinician_on_team);
  return concernId;
}

/** Amina took it, and works on its case together with the supervisor. */
async function concernOfSupervisor(stage: Stage, post: Post, concernId: string): Promise<string> {
  const caseId = await acceptedCase(stage, concernId, amina, fromAnywhere());
  const body = { staffId: stage.idOf(people.supervisor) };
  await post('case', `/v1/cases/${caseId}/team-members`, { as: people.supervisor, body });
  await heardOfTeam(stage, concernId, amina, people.supervisor);
  return concernId;
}

type Post = (service: string, path: string, asked?: AskOptions) => Promise<Answer['body']>;

/** With the same team. Its reporter shuts out the supervisor, the focal point of the Ombudsman, the auditor and everybody of Legal. */
async function caseThatShutsOut(stage: Stage, post: Post, raise: (exclusions: object) => Promise<Answer['body']>) {
  const shutOut = [people.supervisor, people.focal_point_of_unit, people.auditor].map((person) => stage.idOf(person));
  const raised = await raise({ people: shutOut, roles: [], units: ['legal'] });
  const caseId = await acceptedCase(stage, raised.concernId, amina, fromAnywhere());
  for (const member of [people.officer_on_team, people.clinician_on_team]) {
    const body = { staffId: stage.idOf(member) };
    await post('case', `/v1/cases/${caseId}/team-members`, { as: 'tomas.supervisor', body });
  }
  await eventually(async () => {
    for (const service of ['consent', 'referral'])
      expect(
        await stage.query(service, 'SELECT 1 FROM case_teams WHERE case_id = $1 AND cardinality(team) = 3', [caseId]),
      ).toHaveLength(1);
  });
  const { clientId } = (await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: amina })).body;
  const body = grant(stage, { purpose: 'mediation' });
  await post('consent', `/v1/clients/${clientId}/consents`, { as: amina, body });
  const { referralId } = await post('referral', '/v1/referrals', { as: amina, body: draft(caseId, 'mediation') });
  await post('referral', `/v1/referrals/${referralId}/sending`, { as: amina });
  return { caseId, clientId: String(clientId), referralId: String(referralId) };
}

/** Sent under a consent for another purpose, which is withdrawn then. */
async function withdrawnReferral(stage: Stage, post: Post, { caseId, clientId }: Played): Promise<string> {
  const consents = `/v1/clients/${clientId}/consents`;
  const body = grant(stage, { purpose: 'legal_advice' });
  const { consentId } = await post('consent', consents, { as: amina, body });
  const drafted = { as: amina, body: draft(caseId, 'legal_advice') };
  const { referralId } = await post('referral', '/v1/referrals', drafted);
  const path = `/v1/referrals/${referralId}`;
  await post('referral', `${path}/sending`, { as: amina });
  await post('consent', `${consents}/${consentId}/withdrawal`, { as: amina, body: { way: 'oral' } });
  await eventually(async () => {
    const { body: found } = await stage.ask('referral', 'GET', path, { as: amina });
    return found.status === 'suspended_consent_withdrawn';
  });
  return referralId;
}

/** With the same team. */
async function closedCase(stage: Stage, post: Post, raised: string): Promise<string> {
  const caseId = await acceptedCase(stage, raised, amina, fromAnywhere());
  for (const member of [people.officer_on_team, people.clinician_on_team]) {
    const body = { staffId: stage.idOf(member) };
    await post('case', `/v1/cases/${caseId}/team-members`, { as: people.supervisor, body });
  }
  const body = { closureReason: 'needs_met', noFinalRiskBecause: 'Never assessed.' };
  await post('case', `/v1/cases/${caseId}/closure`, { as: amina, body });
  return caseId;
}

/** A case of amina's; whoever else was on its team has recused. */
async function recusedCase(stage: Stage, post: Post, raised: string): Promise<string> {
  const caseId = await acceptedCase(stage, raised, amina, fromAnywhere());
  for (const member of [people.officer_on_team, people.clinician_on_team]) {
    const body = { staffId: stage.idOf(member) };
    await post('case', `/v1/cases/${caseId}/team-members`, { as: people.supervisor, body });
    await post('case', `/v1/cases/${caseId}/recusal`, { as: member, body: { reason: 'We share an office.' } });
  }
  await eventually(async () => {
    const sql = 'SELECT 1 FROM concern_queue WHERE concern_id = $1 AND cardinality(recused) = 2';
    expect(await stage.query('intake', sql, [raised])).toHaveLength(1);
  });
  return caseId;
}
