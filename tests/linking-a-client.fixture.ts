import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { openPostgresEventStore } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import type { Answer, AskOptions, Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

export const officer = 'amina.officer';
export const [supervisor, second] = ['ingrid.supervisor', 'tomas.supervisor'];
export const unit = 'olivier.ombudsman';

interface Raised {
  readonly concernId: string;
  readonly receipt: string;
}

/** What people of the desk, the unit and the audit do when somebody comes again. */
export function whoComesAgain(stageOf: () => Stage) {
  const post = async (service: string, path: string, options: AskOptions = {}): Promise<Answer['body']> => {
    const { status, body } = await stageOf().ask(service, 'POST', path, { as: officer, ...options });
    expect({ path, status, body }).toMatchObject({ path, status: status === 201 ? 201 : 200 });
    return body;
  };
  const get = async (service: string, path: string, options: AskOptions = { as: officer }): Promise<Answer['body']> => {
    const { status, body } = await stageOf().ask(service, 'GET', path, options);
    expect({ path, status, body }).toMatchObject({ path, status: 200 });
    return body;
  };
  const raise = async (exclusions?: object): Promise<Raised> => {
    const told = { kind: 'concern_report', identity: 'confidential', reporterRelation: 'affected_person' };
    const body = { ...told, matter: ['retaliation'], language: 'en', immediateDanger: false, narrative: 'Again.' };
    return post('intake', '/v1/concerns', { body: { ...body, ...(exclusions ? { exclusions } : {}) } });
  };
  const take = ({ concernId }: Raised) => post('intake', `/v1/concerns/${concernId}/allocation`);
  const comesAgain = async (exclusions?: object): Promise<Raised> => {
    const raised = await raise(exclusions);
    await take(raised);
    return raised;
  };
  const readyToAccept = async ({ concernId }: Raised) => {
    const concern = `/v1/concerns/${concernId}`;
    await post('intake', `${concern}/messages`, { body: { text: 'We are here.' } });
    const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
    await post('intake', `${concern}/triage`, { body: triage });
    await post('intake', `${concern}/guidance`, { body: { avenues: ['no_action_now'], decision: 'proceed' } });
  };
  const accept = (concernId: string) =>
    stageOf().ask('intake', 'POST', `/v1/concerns/${concernId}/acceptance`, as(officer));
  const as = (who: string, body: object = {}) => ({ as: who, body });
  const link = (concernId: string, earlierConcernId: string, who = officer, key?: string) =>
    stageOf().ask('intake', 'POST', `/v1/concerns/${concernId}/client-link`, {
      ...as(who, { earlierConcernId }),
      ...(key ? { key } : {}),
    });
  const concernOf = (concernId: string) => get('intake', `/v1/concerns/${concernId}`);
  const settled = (concernId: string, outcome = 'linked') =>
    eventually(async () => expect((await concernOf(concernId)).link).toMatchObject({ outcome }), { timeoutMs: 40_000 });
  const linkUp = async (concernId: string, earlierConcernId: string) => {
    expect(await link(concernId, earlierConcernId)).toMatchObject({ status: 200 });
    await settled(concernId);
  };
  const caseOf = async (concernId: string): Promise<string> => {
    const caseId = derivedId('case', concernId);
    await eventually(async () => {
      const { items } = await get('case', `/v1/cases?concernId=${concernId}`);
      expect(items).toMatchObject([{ caseId }]);
    });
    return caseId;
  };
  const teamKnown = (caseId: string, clientId: string) =>
    eventually(async () => {
      for (const service of ['consent', 'referral']) {
        const rows = await stageOf().query(service, 'SELECT client_id FROM case_teams WHERE case_id = $1', [caseId]);
        expect(rows).toEqual([{ client_id: clientId }]);
      }
    });
  const refer = async (caseId: string) => {
    const draft = { caseId, unit: 'ombudsman', service: 'mediation', purpose: 'referral', urgency: 'routine' };
    const body = { ...draft, package: [{ category: 'contact', content: 'By letter.' }] };
    const { referralId } = await post('referral', '/v1/referrals', { body });
    return {
      referralId,
      sent: await stageOf().ask('referral', 'POST', `/v1/referrals/${referralId}/sending`, as(officer)),
    };
  };
  const open = (referralId: string) =>
    stageOf().ask('referral', 'POST', `/v1/referrals/${referralId}/openings`, as(unit));
  const withdraw = (clientId: string, consentId: string) =>
    post('consent', `/v1/clients/${clientId}/consents/${consentId}/withdrawal`, { body: { way: 'oral' } });
  const consentsOf = async (clientId: string): Promise<readonly string[]> =>
    (await get('consent', `/v1/clients/${clientId}/consents`)).items.map(
      (each: { consentId: string }) => each.consentId,
    );
  const typesIn = async (stream: string): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { type } of stageOf().log.readStream(stream)) types.push(type);
    return types;
  };
  /** What the consent service has written when it dies before it could write more. */
  const appendToConsent = async (clientId: string, type: string, data: object): Promise<void> => {
    const store = openPostgresEventStore({ url: String(stageOf().environmentOf('consent').EVENT_STORE_URL) });
    const actor = { kind: 'service', id: 'consent' };
    const metadata = { actor, correlationId: 'c', causationId: 'c', occurredAt: stageOf().clock.now() };
    await store.append(`consent-${clientId}`, 'any', [{ id: randomUUID(), type, schemaVersion: 1, data, metadata }]);
    await store.close();
  };
  const processes = () =>
    stageOf().query<{ process: string; about: string; step: string; completed_at: Date | null }>(
      'intake',
      "SELECT process, about, step, completed_at FROM processes WHERE process = 'client-link'",
    );
  const faultsOf = async (caseId: string) => {
    const { checks } = await get('audit', `/v1/cases/${caseId}/checks`, { as: 'jonas.auditor' });
    return checks.flatMap((check: { findings: readonly object[] }) => check.findings);
  };
  return {
    post,
    get,
    raise,
    take,
    comesAgain,
    readyToAccept,
    accept,
    as,
    link,
    concernOf,
    settled,
    linkUp,
    caseOf,
    teamKnown,
    refer,
    open,
    withdraw,
    consentsOf,
    typesIn,
    appendToConsent,
    processes,
    faultsOf,
  };
}
