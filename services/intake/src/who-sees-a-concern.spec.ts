import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { concern, deskOf, eventsOf, routesOfConcern, typesOf, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

const now = '2026-03-02T08:00:00.000Z';

const routes = routesOfConcern(now);

describe('who sees a concern', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake], logLevel: 'error', now, environment });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const queueOf = async (as: string): Promise<readonly string[]> =>
    (await stage.ask('intake', 'GET', '/v1/concerns?limit=100', { as })).body.items.map(
      (line: { concernId: string }) => line.concernId,
    );
  const submitExcluding = (excluded: object) =>
    desk.submit({ exclusions: { people: [], roles: [], units: [], ...excluded } });

  describe('a person, role or unit that the reporter shut out', () => {
    const cases = [
      { what: 'person', who: 'amina.officer', excluded: () => ({ people: [stage.idOf('amina.officer')] }) },
      { what: 'role', who: 'ingrid.supervisor', excluded: () => ({ roles: ['supervisor'] }) },
      { what: 'unit', who: 'kwame.officer', excluded: () => ({ units: ['support_desk'] }) },
    ];

    it.each(cases)('does not find it in the queue: $what', async ({ who, excluded }) => {
      const { concernId } = await submitExcluding(excluded());
      const other = await desk.submit();
      const queue = await queueOf(who);
      expect(queue).toContain(other.concernId);
      expect(queue).not.toContain(concernId);
    });

    it.each(cases)('gets on every route what an id gets that does not exist: $what', async ({ who, excluded }) => {
      const { concernId } = await submitExcluding(excluded());
      for (const [method, path, body] of routes) {
        if (path === '/client-receipt' && who === 'ingrid.supervisor') continue;
        const ask = async (id: string) =>
          withoutInstance(await stage.ask('intake', method, `/v1/concerns/${id}${path}`, { as: who, body }));
        const answer = await ask(concernId);
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
        expect(answer).toEqual(await ask(randomUUID()));
        expect(answer).toEqual(await ask('no-id'));
      }
      expect(typesOf(await eventsOf(stage, concernId))).toEqual(['ConcernSubmitted', 'ReceiptIssued']);
    });

    it('does not hinder the others', async () => {
      const { concernId } = await submitExcluding({ people: [stage.idOf('amina.officer')] });
      expect(await queueOf('kwame.officer')).toContain(concernId);
      await desk.step(concernId, 'allocation', 'kwame.officer');
      expect(await read(concernId, 'kwame.officer')).toMatchObject({ status: 200 });
    });

    it('is not given it by a supervisor', async () => {
      const { concernId } = await submitExcluding({ people: [stage.idOf('amina.officer')] });
      const body = { officerId: stage.idOf('amina.officer') };
      const path = `/v1/concerns/${concernId}/allocation`;
      expect(await stage.ask('intake', 'POST', path, { as: 'ingrid.supervisor', body })).toMatchObject({
        status: 409,
        body: { code: 'officer_excluded' },
      });
    });
  });

  it('a supervisor reads one that was told in confidence without name and address, until they have taken it', async () => {
    const safeContact = { method: 'Call my sister', codeWord: 'the library' };
    const told = { reporterName: 'Rosa Maria', contactDetails: '+41 79 000 00 00', safeContact };
    const accountFor = async (concernId: string, as: string) => (await read(concernId, as)).body.account;
    const { concernId } = await desk.submit({ identity: 'confidential', ...told });
    const shown = await accountFor(concernId, 'ingrid.supervisor');
    expect(shown).toMatchObject({ narrative: concern.narrative, matter: concern.matter });
    for (const field of Object.keys(told)) expect(shown).not.toHaveProperty(field);
    await desk.step(concernId, 'allocation', 'ingrid.supervisor');
    expect(await accountFor(concernId, 'ingrid.supervisor')).toMatchObject(told);
    const named = await desk.submit({ identity: 'named', ...told });
    expect(await accountFor(named.concernId, 'ingrid.supervisor')).toMatchObject(told);
  });

  it('an officer reads it only after taking it, and each reading is on record, those that were refused too', async () => {
    const { concernId } = await desk.submit();
    expect(await read(concernId, 'amina.officer')).toMatchObject({ status: 404 });
    await desk.step(concernId, 'allocation', 'amina.officer');
    expect(await read(concernId, 'amina.officer')).toMatchObject({
      status: 200,
      body: { account: { narrative: concern.narrative }, officerId: stage.idOf('amina.officer') },
    });
    expect(await read(concernId, 'kwame.officer')).toMatchObject({ status: 404 });
    expect(await read(concernId, 'ingrid.supervisor')).toMatchObject({ status: 200 });
    const reads = [];
    for await (const { data, metadata } of stage.log.readStream(`intake_access-${concernId}`))
      reads.push({ ...data, by: metadata.actor.id });
    const refused = { what: 'ReadConcern', ground: 'none', outcome: 'refused' };
    expect(reads).toEqual([
      expect.objectContaining({ ...refused, by: stage.idOf('amina.officer') }),
      expect.objectContaining({ what: 'GetConcern', ground: 'allocated_officer', by: stage.idOf('amina.officer') }),
      expect.objectContaining({ ...refused, by: stage.idOf('kwame.officer') }),
      expect.objectContaining({ what: 'GetConcern', ground: 'supervisor', by: stage.idOf('ingrid.supervisor') }),
    ]);
  });

  it('a supervisor gives it to an officer; an officer gives it to nobody', async () => {
    const { concernId } = await desk.submit();
    const path = `/v1/concerns/${concernId}/allocation`;
    const body = { officerId: stage.idOf('kwame.officer') };
    expect(await stage.ask('intake', 'POST', path, { as: 'amina.officer', body })).toMatchObject({
      status: 409,
      body: { code: 'only_supervisors_allocate' },
    });
    expect(await stage.ask('intake', 'POST', path, { as: 'ingrid.supervisor', body })).toMatchObject({ status: 200 });
    expect(await read(concernId, 'kwame.officer')).toMatchObject({ status: 200 });
  });

  it('a supervisor triages it before anybody takes it, once per request; the clock and the queue go on', async () => {
    const { concernId } = await desk.submit();
    const path = `/v1/concerns/${concernId}/triage`;
    const body = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: false };
    const asked = { as: 'ingrid.supervisor', body, key: randomUUID() };
    const first = await stage.ask('intake', 'POST', path, asked);
    expect(first).toMatchObject({ status: 200, body: { concernId } });
    expect((await stage.ask('intake', 'POST', path, asked)).body).toEqual(first.body);
    expect(await stage.ask('intake', 'POST', path, { as: 'kwame.officer', body })).toMatchObject({
      status: 409,
      body: { code: 'concern_not_allocated_to_you' },
    });
    expect(typesOf(await eventsOf(stage, concernId))).toEqual(['ConcernSubmitted', 'ReceiptIssued', 'ConcernTriaged']);
    expect(await queueOf('kwame.officer')).toContain(concernId);
    await desk.step(concernId, 'allocation', 'kwame.officer');
    expect(await read(concernId, 'kwame.officer')).toMatchObject({ body: { status: 'triaged', priority: 'urgent' } });
  });

  it('whom the reporter shut out triages nothing as a supervisor either', async () => {
    const body = { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true };
    const triage = async (id: string) =>
      withoutInstance(
        await stage.ask('intake', 'POST', `/v1/concerns/${id}/triage`, { as: 'ingrid.supervisor', body }),
      );
    const unknown = await triage(randomUUID());
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not_found' } });
    for (const excluded of [
      { people: [stage.idOf('ingrid.supervisor')] },
      { roles: ['supervisor'] },
      { units: ['support_desk'] },
    ]) {
      const { concernId } = await submitExcluding(excluded);
      expect(await triage(concernId)).toEqual(unknown);
      expect(typesOf(await eventsOf(stage, concernId))).toEqual(['ConcernSubmitted', 'ReceiptIssued']);
    }
  });

  it('of two officers who take it at once one wins', async () => {
    for (let time = 0; time < 5; time += 1) {
      const { concernId } = await desk.submit();
      const path = `/v1/concerns/${concernId}/allocation`;
      const officers = ['amina.officer', 'kwame.officer', 'lucia.officer'];
      const answers = await Promise.all(officers.map((as) => stage.ask('intake', 'POST', path, { as })));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
      const lost = answers.filter(({ status }) => status === 409);
      for (const answer of lost) expect(answer.body.code).toBe('concern_already_allocated');
      expect(typesOf(await eventsOf(stage, concernId)).filter((type) => type === 'ConcernAllocated')).toHaveLength(1);
    }
  });

  it('is handed over by a supervisor to another officer, and with it every right of the first', async () => {
    const { concernId } = await desk.submit();
    await desk.step(concernId, 'allocation', 'amina.officer');
    const handOver = (as: string, from = 'amina.officer') =>
      stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, {
        as,
        body: { officerId: stage.idOf('kwame.officer'), from: stage.idOf(from) },
      });
    expect(await handOver('kwame.officer')).toMatchObject({
      status: 409,
      body: { code: 'only_supervisors_hand_over' },
    });
    expect(await handOver('ingrid.supervisor', 'lucia.officer')).toMatchObject({
      status: 409,
      body: { code: 'concern_not_with_that_officer' },
    });
    expect(await handOver('amina.officer')).toMatchObject({
      status: 409,
      body: { code: 'only_supervisors_hand_over' },
    });
    expect(await read(concernId, 'amina.officer')).toMatchObject({ status: 200 });
    expect(await handOver('ingrid.supervisor')).toMatchObject({ status: 200 });
    expect(await read(concernId, 'kwame.officer')).toMatchObject({ status: 200 });
    expect((await read(concernId, 'amina.officer')).status).not.toBe(200);
    const answer = (as: string) =>
      stage.ask('intake', 'POST', `/v1/concerns/${concernId}/messages`, { as, body: { text: 'We are here.' } });
    expect((await answer('amina.officer')).status).not.toBe(200);
    expect(await answer('kwame.officer')).toMatchObject({ status: 200 });
  });

  it('whoever may not give it away is answered alike, whether the other is shut out or not', async () => {
    const [kwame, lucia] = [stage.idOf('kwame.officer'), stage.idOf('lucia.officer')];
    const { concernId } = await submitExcluding({ people: [kwame] });
    await desk.step(concernId, 'allocation', 'amina.officer');
    const give = async (body: object) =>
      withoutInstance(
        await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as: 'amina.officer', body }),
      );
    const from = stage.idOf('amina.officer');
    for (const [how, code] of [
      [{ from }, 'only_supervisors_hand_over'],
      [{}, 'only_supervisors_allocate'],
    ] as const) {
      const answer = await give({ officerId: kwame, ...how });
      expect(answer).toMatchObject({ status: 409, body: { code } });
      expect(await give({ officerId: lucia, ...how })).toEqual(answer);
    }
  });

  it('who insists on a revision learns that it has changed', async () => {
    const { concernId } = await desk.submit();
    const path = `/v1/concerns/${concernId}/allocation`;
    const stale = { as: 'amina.officer', headers: { 'if-match': '"0"' } };
    expect(await stage.ask('intake', 'POST', path, stale)).toMatchObject({
      status: 412,
      body: { code: 'revision_mismatch' },
    });
    const taken = await stage.ask('intake', 'POST', path, { as: 'amina.officer', headers: { 'if-match': '"1"' } });
    expect(taken.status).toBe(200);
    expect(taken.headers.get('etag')).toBe('"2"');
  });
});
