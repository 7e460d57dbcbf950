import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { decodeJwt } from 'jose';
import { consentTo, openQueue } from './erasing.fixture.js';
import { deskOf, eventsOf, typesOf, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const [officer, another, supervisor, other] = [
  'amina.officer',
  'kwame.officer',
  'ingrid.supervisor',
  'tomas.supervisor',
];
const alternate = 'beatriz.officer';
const oral = { way: 'oral' };

describe('erasing who reported and is not the client, at intake', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  let consent: ReturnType<typeof consentTo>;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake], logLevel: 'error', environment });
    desk = deskOf(stage);
    consent = consentTo(stage);
  });
  afterAll(() => stage?.close());

  const witness = { reporterRelation: 'witness', place: { country: 'BD', dutyStation: 'BD-CO010' } };
  const shuttingOut = (changed: object) => ({ exclusions: { people: [], roles: [], units: [], ...changed } });
  const request = (concernId: string, as = officer, body: object = oral, key: string = randomUUID()) =>
    stage.ask('intake', 'POST', `/v1/concerns/${concernId}/reporter-erasure-requests`, { as, body, key });
  const read = (concernId: string, as = officer) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const seenBy = async (concernId: string, as: string): Promise<boolean> => {
    const { body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any&limit=100', { as });
    return body.items.some((line: { concernId: string }) => line.concernId === concernId);
  };
  /** A witness tells of somebody; an officer has taken it. */
  const told = async (changed: object = {}, as = officer) => {
    const raised = await desk.submit({ ...witness, ...changed });
    await desk.step(raised.concernId, 'allocation', as);
    return { ...raised, ...(await consent.personsOf(raised.concernId)) };
  };
  const erased = async (changed: object = {}, as = officer) => {
    const concern = await told(changed, as);
    expect(await request(concern.concernId, as)).toMatchObject({ status: 201 });
    await consent.erase(concern.reporterId);
    return concern;
  };

  it('is asked for by whoever has taken the concern, and by the reporter behind their receipt', async () => {
    const { concernId, reporterId, receipt } = await told();
    const key = randomUUID();
    expect(await request(concernId, another)).toMatchObject({
      status: 409,
      body: { code: 'concern_not_allocated_to_you' },
    });
    const asked = await request(concernId, officer, oral, key);
    expect(asked).toMatchObject({ status: 201, body: { reporterId, status: 'requested' } });
    expect(await request(concernId, officer, oral, key)).toMatchObject({ status: 201, body: { reporterId } });
    expect(await request(concernId)).toMatchObject({ status: 201, body: { reporterId } });
    expect(await read(concernId, supervisor)).toMatchObject({ body: { reporterId, reporterErasureRequested: true } });
    expect(await desk.myConcern(receipt)).toMatchObject({ erasureRequested: true });

    const { concernId: second, receipt: theirs } = await desk.submit(witness);
    const { token } = await desk.session(theirs);
    const mine = await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token });
    expect(mine).toMatchObject({ status: 201, body: { status: 'requested' } });
    expect((await eventsOf(stage, second)).at(-1)?.data).toMatchObject({ way: 'receipt' });
  });

  it('is followed in consent with a session that says who reported, for whoever has no client’s receipt', async () => {
    const claimsOf = async (receipt: string) => decodeJwt((await desk.session(receipt)).token);
    const { receipt, concernId, reporterId } = await told();
    expect(await claimsOf(receipt)).toMatchObject({ reporterId });
    const issued = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/client-receipt`, { as: officer });
    expect(await claimsOf(issued.body.receipt)).not.toHaveProperty('reporterId');
    const own = await claimsOf((await desk.submit()).receipt);
    expect(own).toMatchObject({ reporterId: expect.any(String) });
    expect(own).not.toHaveProperty('clientId');
  });

  it('is for whoever reported about themself too, as long as there is no case', async () => {
    const own = await desk.submit({ exclusions: { people: ['somebody'], roles: [], units: [] } });
    await desk.step(own.concernId, 'allocation', officer);
    expect(await request(own.concernId)).toMatchObject({ status: 201, body: { status: 'requested' } });
    const { token } = await desk.session(own.receipt);
    expect(await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token })).toMatchObject({
      status: 201,
    });
    const { type, data } = (await eventsOf(stage, own.concernId)).at(-1) ?? {};
    expect(type).toBe('ReporterErasureRequested');
    const { clientId, reporterId, shutOut } = data as Record<string, unknown>;
    expect(reporterId).toBe(clientId);
    expect(shutOut).toContainEqual(expect.stringMatching(/^[0-9a-f]{32}$/));
    expect(data).not.toHaveProperty('exclusions');
  });

  it('is refused for whoever holds the client’s receipt only', async () => {
    const { concernId } = await told();
    const issued = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/client-receipt`, { as: officer });
    const client = (await desk.session(issued.body.receipt)).token;
    const asked = await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token: client });
    expect(asked).toMatchObject({ status: 403 });
    expect(typesOf(await eventsOf(stage, concernId))).not.toContain('ReporterErasureRequested');
    const wrong = await request(concernId, officer, { way: 'receipt' });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'way' }] } });
  });

  it('leaves what the client told, the other concerns, and a receipt that says that it was erased', async () => {
    const stays = await told();
    const { concernId, receipt, reporterId } = await erased();
    expect((await consent.noted(reporterId))[0]?.data).toMatchObject({ keyMadeAt: expect.any(String) });
    const { status, body } = await read(concernId);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { erased: ['reporter'], account: { matter: ['sexual_harassment'], place: { country: 'BD' } } },
    });
    for (const field of ['narrative', 'language', 'reporterRelation']) expect(body.account).not.toHaveProperty(field);
    expect(await desk.myConcern(receipt)).toMatchObject({ narrative: '', erased: true });
    const { token } = await desk.session(receipt);
    const late = { token, body: { text: 'Is anybody there?' } };
    expect(await stage.ask('intake', 'POST', '/v1/my-concern/messages', late)).toMatchObject({
      ...{ status: 409, body: { code: 'person_erased' } },
    });
    expect(await request(concernId)).toMatchObject({ status: 409, body: { code: 'person_erased' } });
    expect(await read(stays.concernId)).toMatchObject({ body: { erased: [], account: { language: 'ar' } } });
    const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
    await desk.step(concernId, 'triage', officer, triage);
  });

  it('goes on shutting out whom they shut out, by name or by role, on the concern and in the queue', async () => {
    const byName = await erased(shuttingOut({ people: [stage.idOf(supervisor)] }));
    const byRole = await erased(shuttingOut({ roles: ['supervisor'] }));
    for (const [{ concernId }, as] of [
      [byName, supervisor],
      [byRole, supervisor],
      [byRole, other],
    ] as const) {
      expect(await seenBy(concernId, as)).toBe(false);
      const answer = withoutInstance(await read(concernId, as));
      expect(answer).toMatchObject({ status: 404 });
      expect(answer).toEqual(withoutInstance(await read(randomUUID(), as)));
    }
    expect(await seenBy(byName.concernId, other)).toBe(true);
    expect(await read(byName.concernId, other)).toMatchObject({ status: 200, body: { erased: ['reporter'] } });
  });

  it('leaves with the alternate desk what was about the desk, and hides from it what was not', async () => {
    const { concernId } = await erased(shuttingOut({ units: ['support_desk'] }), alternate);
    expect(await seenBy(concernId, alternate)).toBe(true);
    expect(await read(concernId, alternate)).toMatchObject({ status: 200, body: { erased: ['reporter'] } });
    for (const as of [officer, supervisor]) {
      expect(await seenBy(concernId, as)).toBe(false);
      expect(await read(concernId, as)).toMatchObject({ status: 404 });
    }
    const ofTheDesk = await erased();
    expect(await read(ofTheDesk.concernId, alternate)).toMatchObject({ status: 404 });
  });

  it('leaves a queue that a fresh fold equals, also when the client is erased after them, or was before', async () => {
    const people = { people: [stage.idOf(supervisor)] };
    const both = await erased(shuttingOut(people));
    await consent.erase(both.clientId);
    const clientFirst = await told(shuttingOut(people));
    await consent.erase(clientFirst.clientId);
    await request(clientFirst.concernId);
    await consent.erase(clientFirst.reporterId);
    const onlyReporter = await erased(shuttingOut(people));
    await seenBy(onlyReporter.concernId, officer);
    const queue = await openQueue(stage);
    await queue.rebuild();
    const [live, before] = await queue.digests();
    expect(live).toBeDefined();
    expect(live).toBe(before);
    await queue.close();
  });
});
