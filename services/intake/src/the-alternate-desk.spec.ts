import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { callAt, deskOf, eventsOf, routesOfConcern, typesOf, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(180_000);

const now = '2026-03-02T08:00:00.000Z';
const [officer, supervisor] = ['amina.officer', 'ingrid.supervisor'];
const ofTheDesk = [officer, 'kwame.officer', supervisor, 'nadia.head'];
const [alternate, alternateSupervisor] = ['beatriz.officer', 'samuel.supervisor'];
const shuttingOut = (changed: object) => ({ exclusions: { people: [], roles: [], units: [], ...changed } });
const aboutTheDesk = shuttingOut({ units: ['support_desk'] });

describe('a concern about the desk itself', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake], logLevel: 'error', now, environment });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const list = (as: string, query = '?waitingFor=any&limit=100') =>
    stage.ask('intake', 'GET', `/v1/concerns${query}`, { as });
  const queueOf = async (as: string): Promise<readonly string[]> =>
    (await list(as)).body.items.map((line: { concernId: string }) => line.concernId);
  const seenBy = async (concernId: string, people: readonly string[]): Promise<readonly boolean[]> =>
    Promise.all(people.map(async (as) => (await queueOf(as)).includes(concernId)));

  it.each<[string, () => Promise<string>]>([
    ['whose reporter shuts out its unit', async () => (await desk.submit(aboutTheDesk)).concernId],
    [
      'whose reporter shuts out all officers',
      async () => (await desk.submit(shuttingOut({ roles: ['officer'] }))).concernId,
    ],
    ['that its own officer enters', () => desk.register(callAt(now, aboutTheDesk))],
    ['that the alternate desk enters', () => desk.register(callAt(now), alternate)],
  ])('is there for the alternate desk and for nobody else: %s', async (_how, raise) => {
    const concernId = await raise();
    expect(await seenBy(concernId, [alternate, alternateSupervisor])).toEqual([true, true]);
    expect(await seenBy(concernId, ofTheDesk)).toEqual([false, false, false, false]);
    const before = typesOf(await eventsOf(stage, concernId));
    for (const as of [officer, supervisor])
      for (const [method, path, body] of routesOfConcern(now)) {
        if (path === '/client-receipt' && as === supervisor) continue;
        const ask = async (id: string) =>
          withoutInstance(await stage.ask('intake', method, `/v1/concerns/${id}${path}`, { as, body }));
        const answer = await ask(concernId);
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
        expect(answer).toEqual(await ask(randomUUID()));
      }
    expect(typesOf(await eventsOf(stage, concernId))).toEqual(before);
  });

  it('changes nothing in what the desk is answered: neither lines nor pages nor headers', async () => {
    for (let ordinary = 0; ordinary < 3; ordinary += 1) await desk.submit({ immediateDanger: true });
    const answers = () =>
      Promise.all(
        ['?limit=2', '?limit=100&waitingFor=any', '?status=submitted'].map(async (query) => {
          const { status, headers, body } = await list(supervisor, query);
          const told = Object.fromEntries([...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)));
          return { status, body, told };
        }),
      );
    const before = await answers();
    await desk.submit({ ...aboutTheDesk, immediateDanger: true });
    expect(await answers()).toEqual(before);
  });

  it('is allocated, read, answered and accepted there', async () => {
    const { concernId, receipt } = await desk.submit(shuttingOut({ roles: ['officer'] }));
    const body = { officerId: stage.idOf(alternate) };
    expect(await read(concernId, alternate)).toMatchObject({ status: 404 });
    await desk.step(concernId, 'allocation', alternateSupervisor, body);
    expect(await read(concernId, alternate)).toMatchObject({ status: 200, body: { officerId: body.officerId } });
    expect(await read(concernId, alternateSupervisor)).toMatchObject({ status: 200 });
    await desk.accept(concernId, alternate);
    expect(await desk.myConcern(receipt)).toMatchObject({ status: 'in_progress', messages: [{ from: 'officer' }] });
    expect(await seenBy(concernId, [alternate, ...ofTheDesk])).toEqual([true, false, false, false, false]);
  });

  it('still shuts out whom its reporter shuts out besides the desk', async () => {
    const people = [stage.idOf(alternateSupervisor)];
    const { concernId } = await desk.submit(shuttingOut({ units: ['support_desk'], people }));
    const noSupervisor = await desk.submit(shuttingOut({ roles: ['officer', 'supervisor'] }));
    for (const id of [concernId, noSupervisor.concernId])
      expect(await seenBy(id, [alternate, alternateSupervisor, ...ofTheDesk])).toEqual([true, ...Array(5).fill(false)]);
    expect(await read(noSupervisor.concernId, alternateSupervisor)).toMatchObject({ status: 404 });
  });

  it('when it is overdue is escalated to the supervisor and the head of the alternate desk alone', async () => {
    const dayAgo = new Date(Date.parse(now) - 25 * 3_600_000).toISOString();
    const concernId = await desk.register(callAt(dayAgo, aboutTheDesk));
    expect(typesOf(await eventsOf(stage, concernId)).slice(1)).toEqual(['FirstResponseOverdue', 'ConcernEscalated']);
    const lineFor = async (as: string) =>
      (await list(as)).body.items.find((line: { concernId: string }) => line.concernId === concernId);
    expect(await lineFor(alternateSupervisor)).toMatchObject({ overdue: true, escalatedTo: 'supervisor' });
    stage.clock.advance({ hours: 4 });
    await eventually(async () => (await lineFor(alternateSupervisor)).escalatedTo === 'head');
    for (const as of ofTheDesk) expect(await lineFor(as)).toBeUndefined();
  });

  it('is not found by the contact of its reporter, nor linked to, from the other desk', async () => {
    const contact = { identity: 'confidential', contactDetails: 'noor@example.org' };
    const { concernId: ordinary } = await desk.submit(contact);
    const { concernId: theirs } = await desk.submit({ ...contact, ...aboutTheDesk });
    const { concernId: another } = await desk.submit({ ...contact, ...aboutTheDesk });
    await desk.step(ordinary, 'allocation', officer);
    await desk.step(theirs, 'allocation', alternate);
    await desk.step(another, 'allocation', alternate);
    const found = async (concernId: string, as: string) =>
      (await stage.ask('intake', 'GET', `/v1/concerns/${concernId}/same-contact`, { as })).body.items.map(
        (line: { concernId: string }) => line.concernId,
      );
    expect(await found(ordinary, officer)).toEqual([]);
    expect(await found(theirs, alternate)).toEqual([another]);
    const link = (concernId: string, as: string, earlierConcernId: string) =>
      stage.ask('intake', 'POST', `/v1/concerns/${concernId}/client-link`, { as, body: { earlierConcernId } });
    expect(await link(ordinary, officer, theirs)).toMatchObject({ status: 404 });
    expect(await link(theirs, alternate, ordinary)).toMatchObject({ status: 404 });
    expect(await link(theirs, alternate, another)).toMatchObject({ status: 200 });
  });

  it('is all that there is for the alternate desk: the concerns of the desk do not exist for it', async () => {
    const { concernId } = await desk.submit();
    expect(await seenBy(concernId, ofTheDesk)).toEqual([true, true, true, true]);
    expect(await seenBy(concernId, [alternate, alternateSupervisor])).toEqual([false, false]);
    expect(await read(concernId, alternateSupervisor)).toMatchObject({ status: 404 });
    const allocation = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as: alternate });
    expect(allocation).toMatchObject({ status: 404 });
  });

  it('about the alternate desk is for the desk, also when the alternate desk has entered it', async () => {
    const concernId = await desk.register(callAt(now, shuttingOut({ units: ['ethics_office'] })), alternate);
    expect(await seenBy(concernId, [alternate, alternateSupervisor, ...ofTheDesk])).toEqual([
      ...[false, false],
      ...[true, true, true, true],
    ]);
  });

  it('is told apart by nobody who reads the log: every concern has a mark of its desk, and no two the same', async () => {
    const raised = [
      await desk.submit(),
      await desk.submit(),
      await desk.submit(aboutTheDesk),
      await desk.submit(aboutTheDesk),
    ];
    const events = await Promise.all(raised.map(({ concernId }) => eventsOf(stage, concernId)));
    const marks = events.map(([first]) => (first?.data as { desk?: string }).desk);
    for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(marks).size).toBe(4);
    expect(JSON.stringify(events.flat().map(({ data }) => data))).not.toMatch(/support_desk|ethics_office/);
  });
});
