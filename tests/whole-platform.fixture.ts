import { expect } from '@jest/globals';
import type { Answer, AskOptions, Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** The texts that people write on the way; each may be replaced by one that is looked for later. */
export const ordinaryWords = {
  narrative: 'رسائل في الليل، كل ليلة. 🕊️',
  reporterName: 'Huda Mansour',
  contactDetails: '+961 1 000 000',
  method: 'phone',
  times: 'after six',
  codeWord: 'jasmine',
  registered: 'A call taken by the night desk.',
  fromReporter: 'Is anybody there?',
  fromOfficer: 'We are here.',
  guidanceNote: 'She wants to think about it.',
  immediateActions: 'Agreed a code word.',
  note: 'Came in tears, left calmer.',
  clinicalNote: 'Sleeps two hours a night.',
  explained: 'What the Ombudsman does.',
  interpreter: 'Layla Haddad',
  witnessedBy: 'Karim Saad',
  withheld: 'Nothing about her family.',
  refusalExplained: 'What mediation is.',
  refusalReason: 'Not now.',
  contact: 'By letter only.',
  matterSummary: 'Messages at night.',
};

export type Words = typeof ordinaryWords;

/** What a whole story leaves behind: an id of everything, and the sessions that come back to it. */
export interface Played {
  readonly concernId: string;
  readonly caseId: string;
  readonly clientId: string;
  readonly consentId: string;
  readonly referralId: string;
  readonly receipts: readonly string[];
  readonly reporterToken: string;
  readonly clientToken: string;
}

const officer = 'amina.officer';
const supervisor = 'ingrid.supervisor';
const unit = 'olivier.ombudsman';

/** Plays a concern of a witness through case, consent and referral; every step must succeed. */
export async function playStory(stage: Stage, words: Words = ordinaryWords): Promise<Played> {
  const post = async (service: string, path: string, options: AskOptions = {}): Promise<Answer['body']> => {
    const answer = await stage.ask(service, 'POST', path, { as: officer, ...options });
    const { status, body } = answer;
    expect({ path, status, body }).toMatchObject({ path, status: status === 201 ? 201 : 200 });
    return body;
  };
  const session = async (receipt: string): Promise<string> =>
    (await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } })).body.token;

  const { concernId, receipt } = await raise(stage, words);
  const concern = `/v1/concerns/${concernId}`;
  const reporterToken = await session(receipt);
  await post('intake', '/v1/my-concern/messages', { token: reporterToken, body: { text: words.fromReporter } });
  await post('intake', `${concern}/allocation`);
  await post('intake', `${concern}/messages`, { body: { text: words.fromOfficer } });
  const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
  await post('intake', `${concern}/triage`, { body: triage });
  const guidance = { avenues: ['ombudsman_mediation'], decision: 'proceed', note: words.guidanceNote };
  await post('intake', `${concern}/guidance`, { body: guidance });
  const { receipt: clientReceipt } = await post('intake', `${concern}/client-receipt`);
  await post('intake', `${concern}/acceptance`);
  const clientToken = await session(clientReceipt);
  const { clientId } = (await stage.ask('intake', 'GET', concern, { as: officer })).body;

  const caseId = await eventually(async () => {
    const { body } = await stage.ask('case', 'GET', `/v1/cases?concernId=${concernId}`, { as: officer });
    return body.items[0]?.caseId ?? false;
  });
  await workOnCase(stage, post, caseId, words);
  const { consentId, referralId } = await refer(stage, post, caseId, clientId, words);
  return {
    ...{ concernId, caseId, clientId, consentId, referralId, reporterToken, clientToken },
    receipts: [receipt, clientReceipt],
  };
}

type Post = (service: string, path: string, options?: AskOptions) => Promise<Answer['body']>;

async function raise(stage: Stage, words: Words): Promise<{ concernId: string; receipt: string }> {
  const body = {
    kind: 'concern_report',
    identity: 'confidential',
    reporterRelation: 'witness',
    matter: ['sexual_harassment'],
    language: 'ar',
    immediateDanger: true,
    narrative: words.narrative,
    reporterName: words.reporterName,
    contactDetails: words.contactDetails,
    safeContact: { method: words.method, times: words.times, codeWord: words.codeWord },
  };
  const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body });
  expect(raised).toMatchObject({ status: 201 });
  const { narrative, ...rest } = body;
  const contact = { at: stage.clock.now(), precision: 'minute' };
  const call = { ...rest, channel: 'helpline', narrative: words.registered, contact };
  expect(await stage.ask('intake', 'POST', '/v1/contacts', { as: officer, body: call })).toMatchObject({ status: 201 });
  expect(narrative).toBe(words.narrative);
  return raised.body;
}

async function workOnCase(stage: Stage, post: Post, caseId: string, words: Words): Promise<void> {
  const path = `/v1/cases/${caseId}`;
  const risk = {
    ...{ instrument: 'desk-risk', instrumentVersion: '1.0', levels: { safety: 'high' }, overall: 'high' },
    immediateActions: words.immediateActions,
  };
  await post('case', `${path}/risk-assessments`, { body: risk });
  await post('case', `${path}/notes`, { body: { noteClass: 'psychosocial', text: words.note } });
  await post('case', `${path}/stage`, { body: { stage: 'assessment' } });
  for (const person of ['kwame.officer', 'marek.clinician'])
    await post('case', `${path}/team-members`, { as: supervisor, body: { staffId: stage.idOf(person) } });
  const clinical = { noteClass: 'clinical', text: words.clinicalNote };
  await post('case', `${path}/notes`, { as: 'marek.clinician', body: clinical });
}

async function refer(stage: Stage, post: Post, caseId: string, clientId: string, words: Words) {
  const scope = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'matter_summary'] };
  const spoken = { language: 'ar', interpreter: words.interpreter, capacity: 'self' };
  await eventually(async () => {
    for (const service of ['consent', 'referral'])
      expect(await stage.query(service, 'SELECT 1 FROM case_teams WHERE case_id = $1', [caseId])).toHaveLength(1);
  });
  const refusal = { ...scope, ...spoken, purpose: 'mediation', explained: words.refusalExplained };
  await post('consent', `/v1/clients/${clientId}/consent-refusals`, {
    body: { ...refusal, reason: words.refusalReason },
  });
  const grant = {
    ...{ ...scope, ...spoken, explained: words.explained, form: 'verbal_witnessed' },
    ...{ witnessedBy: words.witnessedBy, withheld: words.withheld },
    validUntil: new Date(Date.parse(stage.clock.now()) + 90 * 86_400_000).toISOString(),
  };
  const { consentId } = await post('consent', `/v1/clients/${clientId}/consents`, { body: grant });
  const draft = {
    ...{ caseId, unit: 'ombudsman', service: 'mediation', purpose: 'referral', urgency: 'routine' },
    package: [
      { category: 'contact', content: words.contact },
      { category: 'matter_summary', content: words.matterSummary },
    ],
  };
  const { referralId } = await post('referral', '/v1/referrals', { body: draft });
  const path = `/v1/referrals/${referralId}`;
  await post('referral', `${path}/sending`);
  for (const step of ['acknowledgement', 'openings', 'acceptance'])
    await post('referral', `${path}/${step}`, { as: unit });
  return { consentId, referralId };
}
