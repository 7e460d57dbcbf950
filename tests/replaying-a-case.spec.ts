import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const told = 'كتبت لكم لأنني لا أعرف إلى من أذهب. 🕊️';
const explained = 'what the Ombudsman does, in the words of the conversation';
const categories = ['contact', 'matter_summary'];
const scope = { recipient: 'ombudsman', purpose: 'mediation', categories };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ services: [intake, caseService, consent, referral, audit], logLevel: 'error' });
}, 120_000);
afterAll(() => stage.close());

async function send(service: string, path: string, as: string | undefined, body: object, status: number) {
  const answer = await stage.ask(service, 'POST', path, { as, body });
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

async function replay(path: string) {
  const { status, body } = await stage.ask('audit', 'GET', path, { as: 'jonas.auditor' });
  expect({ path, status, body }).toMatchObject({ status: 200 });
  return body;
}

/** From the concern to the withdrawal, everything over HTTP. */
async function live() {
  const officer = 'amina.officer';
  const unit = 'olivier.ombudsman';
  const { concernId } = await send(
    'intake',
    '/v1/concerns',
    undefined,
    {
      kind: 'support_request',
      identity: 'anonymous',
      reporterRelation: 'affected_person',
      matter: ['harassment'],
      language: 'ar',
      immediateDanger: false,
      narrative: told,
    },
    201,
  );
  const concern = `/v1/concerns/${concernId}`;
  await send('intake', `${concern}/allocation`, officer, {}, 200);
  await send('intake', `${concern}/messages`, officer, { text: 'We are here.' }, 200);
  const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
  await send('intake', `${concern}/triage`, officer, triage, 200);
  await send('intake', `${concern}/guidance`, officer, { avenues: ['ombudsman_mediation'], decision: 'proceed' }, 200);
  await send('intake', `${concern}/acceptance`, officer, {}, 200);
  const { caseId } = await eventually(async () => {
    const { body } = await stage.ask('case', 'GET', '/v1/cases', { as: officer });
    expect(body.items).toHaveLength(1);
    return body.items[0];
  });
  const { clientId } = (await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: officer })).body;
  const risk = { instrument: 'desk-risk', instrumentVersion: '1.0', levels: { workplace: 'high' }, overall: 'high' };
  await send('case', `/v1/cases/${caseId}/risk-assessments`, officer, risk, 201);
  const draft = {
    caseId,
    unit: 'ombudsman',
    service: 'mediation',
    purpose: 'mediation',
    urgency: 'routine',
    package: categories.map((category) => ({ category, content: `${told} ${category}` })),
  };
  const { referralId } = await eventually(async () => {
    const answer = await stage.ask('referral', 'POST', '/v1/referrals', { as: officer, body: draft });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  });
  const path = `/v1/referrals/${referralId}`;
  await send('referral', `${path}/sending`, officer, {}, 409);
  const { consentId } = await eventually(async () => {
    const body = {
      ...scope,
      language: 'ar',
      explained,
      capacity: 'self',
      form: 'written',
      validUntil: inThreeMonths(),
    };
    const answer = await stage.ask('consent', 'POST', `/v1/clients/${clientId}/consents`, { as: officer, body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  });
  await send('referral', `${path}/sending`, officer, {}, 200);
  await send('referral', `${path}/acknowledgement`, unit, {}, 200);
  await send('referral', `${path}/openings`, unit, {}, 200);
  await send('consent', `/v1/clients/${clientId}/consents/${consentId}/withdrawal`, officer, { way: 'oral' }, 200);
  expect(await stage.ask('referral', 'POST', `${path}/openings`, { as: unit })).toMatchObject({ status: 409 });
  await eventually(async () => {
    const { body } = await stage.ask('referral', 'GET', path, { as: officer });
    expect(body.status).toBe('suspended_consent_withdrawn');
  });
  return { concernId, clientId, caseId, referralId, consentId };
}

const inThreeMonths = () => new Date(Date.parse(stage.clock.now()) + 90 * 86_400_000).toISOString();

describe('a case that went through all services', () => {
  it('is replayed by the auditor from the log alone', async () => {
    const { clientId, caseId, referralId, consentId, concernId } = await live();
    const { items, streams } = await replay(`/v1/cases/${caseId}/timeline?limit=500`);
    const types = items.map(({ type }: { type: string }) => type);
    const milestones = [
      'ConcernSubmitted',
      'FirstResponseGiven',
      'ConcernAccepted',
      'CaseOpened',
      'RiskAssessed',
      'ReferralDrafted',
      'DisclosureRefused',
      'ReferralBlocked',
      'ConsentGiven',
      'DisclosureRecorded',
      'ReferralSent',
      'ReferralAcknowledged',
      'ReferralPackageOpened',
      'ConsentWithdrawn',
      'ReferralSuspended',
    ];
    const found = milestones.map((type) => types.indexOf(type));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(streams.filter(({ intact }: { intact: boolean }) => !intact)).toEqual([]);
    expect(JSON.stringify(items)).not.toMatch(/\$sealed|كتبت|in the words of the conversation|We are here/);

    const at = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
    const now = await replay(`/v1/cases/${caseId}/state?at=${at}`);
    expect(now).toMatchObject({
      clientId,
      intact: true,
      concern: { concernId, status: 'accepted', priority: 'urgent', overdue: false },
      case: { caseId, officerId: stage.idOf('amina.officer'), lastRiskAssessment: { reviewDueAt: expect.any(String) } },
      consents: [{ consentId, status: 'withdrawn', disclosures: 2 }],
      referrals: [{ referralId, status: 'suspended_consent_withdrawn', unit: 'ombudsman', openings: 1, consentId }],
      notInterpreted: [],
    });

    const { checks } = await replay(`/v1/cases/${caseId}/checks`);
    expect(checks.flatMap(({ findings }: { findings: object[] }) => findings)).toEqual([]);
    const examined = Object.fromEntries(
      checks.map((each: { check: string; examined: number }) => [each.check, each.examined]),
    );
    expect(examined).toMatchObject({
      disclosure_under_consent: 2,
      override_by_two_persons: 0,
      referral_cites_disclosure: 2,
      one_case_per_concern: 1,
    });

    const accesses = (await replay(`/v1/cases/${caseId}/accesses`)).items;
    const focalPoint = { kind: 'staff', id: stage.idOf('olivier.ombudsman') };
    expect(accesses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'ReferralPackageOpened', who: focalPoint, outcome: 'allowed', consentId }),
        expect.objectContaining({ type: 'DisclosureRefused', who: focalPoint, outcome: 'refused', what: 'open' }),
        expect.objectContaining({ type: 'ReferralBlocked', outcome: 'refused' }),
      ]),
    );
  }, 120_000);
});
