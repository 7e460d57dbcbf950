import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf, type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { audit } from '../audit.service.js';
import { type OneCase, oneCase } from '../fixtures/one-case.fixture.js';
import { tellLog } from '../fixtures/tell-log.fixture.js';
import { listing, told, type ToldEvent } from '../fixtures/told-events.fixture.js';

const [jonas, hana] = ['jonas.auditor', 'hana.auditor'];
const at = '2026-03-04T09:00:00.000Z';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ services: [audit], logLevel: 'error', environment: { READING_REFUSALS_PER_HOUR: '3' } });
});
afterAll(() => stage?.close());

const ask = (path: string, as = jonas) => stage.ask('audit', 'GET', path, { as });
const itemsOf = async (path: string, as = jonas) => {
  const { status, body } = await ask(path, as);
  expect({ path, status, body }).toMatchObject({ status: 200 });
  return body.items;
};
const marking = (events: readonly ToldEvent[], type: string, shutOut: readonly string[]): readonly ToldEvent[] =>
  events.map((event) => (event.type === type ? { ...event, data: { ...event.data, shutOut } } : event));
/** The story of a case whose reporter shuts these out, told to the log. */
async function caseShuttingOut(excluded: Partial<ShutOut>): Promise<OneCase> {
  const story = oneCase();
  const events = marking(story.events, 'CaseOpened', marksOf(stage, story.concernId, excluded));
  await tellLog(stage, events);
  return { ...story, events };
}
/** What an answer tells, but for the request and the id that was asked for. */
const toldBy = ({ status, body }: Awaited<ReturnType<Stage['ask']>>, id: string) =>
  JSON.stringify({ status, body: { ...body, instance: '' } }).replaceAll(id, 'the id');
const routesOf = (caseId: string, clientId: string) => [
  `/v1/clients/${clientId}/timeline`,
  ...['timeline', `state?at=${at}`, `who-could-see?at=${at}`, 'accesses', 'checks'].map(
    (route) => `/v1/cases/${caseId}/${route}`,
  ),
  `/v1/accesses?caseId=${caseId}`,
  `/v1/accesses?clientId=${clientId}`,
];

describe('an auditor whom a reporter shuts out', () => {
  it('gets on every route what an id gets that does not exist, again and again, and another auditor gets an answer', async () => {
    const { caseId, clientId } = await caseShuttingOut({ people: [stage.idOf(jonas)] });
    const unknown = randomUUID();
    const [hidden, missing] = [routesOf(caseId, clientId), routesOf(unknown, unknown)];
    for (let time = 0; time < 2; time += 1)
      for (const [index, path] of hidden.entries()) {
        const answer = await ask(path);
        expect({ path, ...answer }).toMatchObject({ status: 404, body: { code: 'not_found' } });
        const asked = path.includes(clientId) ? clientId : caseId;
        expect(toldBy(answer, asked)).toBe(toldBy(await ask(String(missing[index])), unknown));
      }
    for (const path of hidden.filter((each) => !each.includes('who-could-see')))
      expect({ path, ...(await ask(path, hana)) }).toMatchObject({ status: 200 });
  });

  it.each<[string, (id: string) => Partial<ShutOut>, string]>([
    ['by their role', () => ({ roles: ['auditor'] }), jonas],
    ['by their unit', () => ({ units: ['legal'] }), hana],
    ['by their id', (id) => ({ people: [id] }), hana],
  ])('is shut out %s', async (_how, excluded, who) => {
    const { caseId } = await caseShuttingOut(excluded(stage.idOf(who)));
    expect(await ask(`/v1/cases/${caseId}/timeline`, who)).toMatchObject({ status: 404 });
  });

  it('is shut out before there is a case, from when the concern tells it', async () => {
    const { events, clientId, concernId } = oneCase();
    const submitted = events.slice(0, 1);
    const shutOut = marksOf(stage, concernId, { people: [stage.idOf(jonas)] });
    await tellLog(stage, marking(submitted, 'ConcernSubmitted', shutOut));
    expect(await ask(`/v1/clients/${clientId}/timeline`)).toMatchObject({ status: 404 });
    expect(await ask(`/v1/clients/${clientId}/timeline`, hana)).toMatchObject({ status: 200 });
  });

  it('is shut out of whoever is linked to the client, by each id of theirs', async () => {
    const [marked, other] = [await caseShuttingOut({ people: [stage.idOf(jonas)] }), await caseShuttingOut({})];
    const path = `/v1/cases/${other.caseId}/timeline`;
    expect(await ask(path)).toMatchObject({ status: 200 });
    const linked = (one: string, another: string) =>
      told(`consent-${one}`, 'ClientsLinked', at, { linkId: randomUUID(), linkedClientId: another });
    await tellLog(stage, [linked(marked.clientId, other.clientId), linked(other.clientId, marked.clientId)]);
    expect(await ask(path)).toMatchObject({ status: 404 });
    expect(await ask(path, hana)).toMatchObject({ status: 200 });
  });

  it('is shut out of whose concern names the client as one who came before, also while nobody has answered to that', async () => {
    const [marked, other] = [await caseShuttingOut({ people: [stage.idOf(jonas)] }), await caseShuttingOut({})];
    const data = {
      ...{ linkId: randomUUID(), clientId: other.clientId },
      ...{ earlierClientId: marked.clientId, earlierConcernId: marked.concernId },
    };
    await tellLog(stage, [told(`concern-${other.concernId}`, 'ConcernLinkedToClient', at, data)]);
    const path = `/v1/cases/${other.caseId}/timeline`;
    expect(await ask(path)).toMatchObject({ status: 404 });
    expect(await ask(path, hana)).toMatchObject({ status: 200 });
  });

  it('is shut out of the erasure of who reported, and of a client’s reporter by a later case of the client', async () => {
    const erasing = (reporterOf: object) => {
      const reporterId = randomUUID();
      const data = { erasureId: randomUUID(), reporterOf };
      return { reporterId, event: told(`consent-${reporterId}`, 'ErasureRequested', at, data, { schemaVersion: 2 }) };
    };
    const concernId = randomUUID();
    const own = erasing({
      ...{ clientId: randomUUID(), concernId },
      shutOut: marksOf(stage, concernId, { people: [stage.idOf(jonas)] }),
    });
    const { clientId } = await caseShuttingOut({ people: [stage.idOf(jonas)] });
    const reported = erasing({ clientId, concernId: randomUUID() });
    await tellLog(stage, [own.event, reported.event]);
    for (const { reporterId } of [own, reported]) {
      const path = `/v1/clients/${reporterId}/timeline`;
      expect({ path, ...(await ask(path)) }).toMatchObject({ status: 404 });
      expect({ path, ...(await ask(path, hana)) }).toMatchObject({ status: 200 });
    }
  });

  it('does not find the accesses in the access log, page by page, and misses none of the others', async () => {
    const seen = async (as: string) => {
      const ids: string[] = [];
      for (let after: string | undefined = '0'; after !== undefined;) {
        const { body }: { body: { items: { eventId: string; service: string }[]; next?: string } } = await ask(
          `/v1/accesses?limit=10&after=${after}&to=${encodeURIComponent(until)}`,
          as,
        );
        expect(body.next === undefined || body.items.length === 10).toBe(true);
        ids.push(...body.items.map(({ eventId }) => eventId));
        after = body.next;
      }
      return ids;
    };
    const open = await caseShuttingOut({});
    const hidden = await caseShuttingOut({ people: [stage.idOf(jonas)] });
    const last = await caseShuttingOut({});
    const until = new Date(Date.now() + 60_000).toISOString();
    const accessesOf = async ({ caseId }: OneCase) =>
      (await itemsOf(`/v1/cases/${caseId}/accesses`, hana))
        .filter(({ service }: { service: string }) => service !== 'audit')
        .map(({ eventId }: { eventId: string }) => eventId);
    const [shown, notShown, shownToo] = [await accessesOf(open), await accessesOf(hidden), await accessesOf(last)];
    const [found, foundByHana] = [await seen(jonas), await seen(hana)];
    expect(notShown).toHaveLength(7);
    expect(found).toEqual(expect.arrayContaining([...shown, ...shownToo]));
    expect(found.filter((id) => notShown.includes(id))).toEqual([]);
    expect(foundByHana).toEqual(expect.arrayContaining([...shown, ...notShown, ...shownToo]));
    expect(await itemsOf(`/v1/accesses?grantId=${randomUUID()}`)).toEqual([]);
  });

  it('finds what a list has shown without the line that they are shut out of, and no list that has shown nothing else', async () => {
    const [hidden, open] = [await caseShuttingOut({ people: [stage.idOf(jonas)] }), await caseShuttingOut({})];
    const reader = { kind: 'staff', id: randomUUID() };
    const [hiddenCase, openCase] = [`case-${hidden.caseId}`, `case-${open.caseId}`];
    const list = (shown: readonly string[]) => listing('case', shown, { actor: reader });
    await tellLog(stage, [list([hiddenCase, openCase]), list([hiddenCase])]);
    const shownTo = async (as: string) =>
      (await itemsOf(`/v1/accesses?person=${reader.id}`, as)).map(({ shown }: { shown: string[] }) => shown);
    expect(await shownTo(jonas)).toEqual([[openCase]]);
    expect(await shownTo(hana)).toEqual([[hiddenCase, openCase], [hiddenCase]]);
    const accesses: { shown?: string[] }[] = await itemsOf(`/v1/cases/${open.caseId}/accesses`);
    expect(accesses.flatMap(({ shown = [] }) => shown)).toEqual([openCase]);
  });

  it('finds what they asked for and were refused, as for what does not exist, and finds nothing out by it', async () => {
    const { caseId, clientId } = await caseShuttingOut({ people: [stage.idOf(jonas)] });
    const unknown = randomUUID();
    for (const path of [...routesOf(caseId, clientId), ...routesOf(unknown, unknown)]) await ask(path);
    const own = await itemsOf(`/v1/accesses?person=${stage.idOf(jonas)}&outcome=refused&limit=500`);
    const about = (...ids: readonly string[]) =>
      own
        .filter(({ resource }: { resource: string }) => ids.some((id) => resource.endsWith(id)))
        .map(({ what, ground, outcome, purpose }: Record<string, string>) => ({ what, ground, outcome, purpose }));
    expect(about(caseId, clientId)).toHaveLength(8);
    expect(about(caseId, clientId)).toEqual(about(unknown));
    const seenByHana = await itemsOf(`/v1/cases/${caseId}/accesses?actor=${stage.idOf(jonas)}`, hana);
    expect(seenByHana).toContainEqual(expect.objectContaining({ what: 'GetCaseTimeline', outcome: 'refused' }));
  });

  it('neither finds nor reviews an alarm on reading it, and another auditor does', async () => {
    const { caseId, clientId } = await caseShuttingOut({ people: [stage.idOf(jonas)] });
    const reader = { kind: 'staff', id: randomUUID() };
    const data = { resource: `case-${caseId}`, what: 'GetCase', ground: 'not_visible', outcome: 'refused', clientId };
    const reading = () => told(`case_access-${caseId}`, 'ClientDataRead', at, data, { actor: reader });
    await tellLog(stage, Array.from({ length: 4 }, reading));
    const path = `/v1/reading-alarms?person=${reader.id}`;
    const [alarm] = await eventually(async () => {
      const items = await itemsOf(path, hana);
      expect(items).toHaveLength(1);
      return items;
    });
    expect(await itemsOf(path)).toEqual([]);
    const review = (id: string, as: string) =>
      stage.ask('audit', 'POST', `/v1/reading-alarms/${id}/review`, { as, body: { finding: 'mistaken' } });
    const [answer, unknown] = [await review(alarm.alarmId, jonas), randomUUID()];
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(toldBy(answer, alarm.alarmId)).toBe(toldBy(await review(unknown, jonas), unknown));
    expect(await review(alarm.alarmId, hana)).toMatchObject({ status: 200, body: { finding: 'mistaken' } });
    expect(await review(alarm.alarmId, jonas)).toMatchObject({ status: 404 });
  });
});

describe('a client of whom the log knows nothing but that somebody asked for them', () => {
  it('does not exist, so that nobody learns by asking who does', async () => {
    const clientId = randomUUID();
    const data = {
      resource: `consent-${clientId}`,
      what: 'ListConsents',
      ground: 'none',
      outcome: 'refused',
      clientId,
    };
    await tellLog(stage, [told(`consent_access-${clientId}`, 'ClientDataRead', at, data)]);
    for (const path of [`/v1/clients/${clientId}/timeline`, `/v1/accesses?clientId=${clientId}`])
      expect(await ask(path)).toMatchObject({ status: 404 });
  });
});
