import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildView, placeView, withBuildersLock } from '@waymark/projections';
import { openViews, type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import { callAt, clocksWound, deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const everything = ['FirstResponseDue', 'FirstResponseOverdue', 'ConcernEscalated', 'ConcernEscalated'];

jest.setTimeout(180_000);

describe('the clock of the first response', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  let second: RunningService | undefined;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterEach(async () => {
    await second?.stop();
    second = undefined;
  });
  afterAll(() => stage?.close());

  const startSecond = async (): Promise<void> => {
    const environment = { ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    second = await startService(intake, { environment, clock: stage.clock });
  };
  const register = async (count: number, changed: object = {}): Promise<readonly string[]> => {
    const registered = Array.from({ length: count }, () => desk.register(callAt(stage.clock.now(), changed)));
    const concerns = await Promise.all(registered);
    await clocksWound(stage);
    return concerns;
  };
  const said = async (concernId: string) => typesOf(await eventsOf(stage, concernId)).slice(1);
  const levels = async (concernId: string) =>
    (await eventsOf(stage, concernId)).flatMap(({ data }) => ('to' in data ? [data.to] : []));
  /** Nothing that is due by now is left to ring. */
  const allRung = () =>
    eventually(
      async () => {
        const due = 'SELECT count(*)::int AS left FROM response_clocks WHERE due_at <= $1';
        expect(await stage.query('intake', due, [stage.clock.now()])).toEqual([{ left: 0 }]);
      },
      { timeoutMs: 100_000 },
    );

  it('warns, is overdue, tells the supervisor, then the head: in this order, each once', async () => {
    const [calm = '', danger = ''] = [...(await register(1)), ...(await register(1, { immediateDanger: true }))];
    const after = async (hours: number, minutes = 0) => {
      stage.clock.advance({ hours, minutes });
      await allRung();
      return [await said(calm), await said(danger)].map(({ length }) => length);
    };
    expect(await after(0, 44)).toEqual([0, 0]);
    expect(await after(0, 1)).toEqual([0, 1]);
    expect(await after(0, 15)).toEqual([0, 3]);
    expect(await after(0, 15)).toEqual([0, 4]);
    expect(await after(18, 44)).toEqual([0, 4]);
    expect(await after(0, 1)).toEqual([1, 4]);
    expect(await after(4)).toEqual([3, 4]);
    expect(await after(4)).toEqual([4, 4]);
    expect(await after(100)).toEqual([4, 4]);
    for (const concernId of [calm, danger]) {
      expect(await said(concernId)).toEqual(everything);
      expect(await levels(concernId)).toEqual(['supervisor', 'head']);
    }
    const [line] = (await stage.ask('intake', 'GET', '/v1/concerns', { as: 'ingrid.supervisor' })).body.items;
    expect(line).toMatchObject({ concernId: danger, overdue: true, escalatedTo: 'head' });
    expect(line.secondsLeft).toBeLessThan(0);
  });

  it('rings each bell once with two instances at work', async () => {
    await startSecond();
    const concerns = await register(20);
    for (const hours of [20, 4, 4]) {
      stage.clock.advance({ hours });
      await allRung();
    }
    for (const concernId of concerns) expect(await said(concernId)).toEqual(everything);
  });

  it('rings nothing for being rebuilt, switched to and gone back from, while it rings what is due', async () => {
    const concerns = await register(20);
    const views = await openViews(intake, stage.environmentOf('intake'));
    const clocks = views.projections.filter(({ name }) => name === 'response-clocks');
    stage.clock.advance({ hours: 30 });
    for (const projection of clocks)
      await withBuildersLock(views.dataSource, projection, async () => {
        for (let round = 0; round < 3; round += 1) {
          await buildView(views.build(projection));
          await placeView(views.build(projection), 'building');
          await placeView(views.build(projection), 'kept');
        }
      });
    await allRung();
    for (const concernId of concerns) expect(await said(concernId)).toEqual(everything);
    expect(clocks).toHaveLength(1);
    await views.close();
  });

  it('makes up for an outage in the same order, with two instances at work', async () => {
    const concerns = await register(60);
    await stage.stop('intake');
    stage.clock.advance({ hours: 30 });
    await Promise.all([stage.start('intake'), startSecond()]);
    await allRung();
    for (const concernId of concerns) {
      expect(await said(concernId)).toEqual(everything);
      expect(await levels(concernId)).toEqual(['supervisor', 'head']);
    }
  });

  it('finds a contact of 25 hours ago, entered only now, overdue and escalated at once and once', async () => {
    const dayAgo = new Date(Date.parse(stage.clock.now()) - 25 * 3_600_000).toISOString();
    const concernId = await desk.register(callAt(dayAgo));
    await clocksWound(stage);
    expect(await said(concernId)).toEqual(['FirstResponseOverdue', 'ConcernEscalated']);
    await allRung();
    expect(await said(concernId)).toEqual(['FirstResponseOverdue', 'ConcernEscalated']);
    stage.clock.advance({ hours: 3 });
    await allRung();
    expect(await levels(concernId)).toEqual(['supervisor', 'head']);
  });

  it("is stopped by a person's first response alone", async () => {
    const [taken = '', phoned = ''] = await register(2);
    const { concernId: answered } = await desk.submit();
    for (const concernId of [answered, taken, phoned]) await desk.step(concernId, 'allocation', 'amina.officer');
    await desk.step(answered, 'messages', 'amina.officer', { text: 'We are here.' });
    const unread = { as: 'amina.officer', body: { text: 'Nobody can open this.' } };
    expect(await stage.ask('intake', 'POST', `/v1/concerns/${taken}/messages`, unread)).toMatchObject({
      ...{ status: 409, body: { code: 'nobody_could_read_it' } },
    });
    const response = { at: stage.clock.now(), precision: 'minute' };
    await desk.step(phoned, 'first-response', 'amina.officer', { response });
    stage.clock.advance({ hours: 48 });
    await allRung();
    expect(await said(taken)).toEqual(['ConcernAllocated', ...everything]);
    expect(await said(answered)).toEqual([
      'ReceiptIssued',
      'ConcernAllocated',
      'OfficerMessageSent',
      'FirstResponseGiven',
    ]);
    expect(await said(phoned)).toEqual(['ConcernAllocated', 'FirstResponseGiven']);
  });

  it('is told which moment it is that cannot be', async () => {
    const at = (hours: number) => ({ at: new Date(Date.parse(stage.clock.now()) + hours * 3_600_000).toISOString() });
    const [today, tomorrow] = [
      { ...at(-1), precision: 'minute' },
      { ...at(24), precision: 'minute' },
    ];
    const [taken = ''] = await register(1);
    await desk.step(taken, 'allocation', 'amina.officer');
    const refused = async (path: string, body: object) =>
      (await stage.ask('intake', 'POST', path, { as: 'amina.officer', body })).body;
    const named = (code: string, field: string) => ({ status: 409, code, errors: [{ field, rule: code }] });
    const contacts = '/v1/contacts';
    const ahead = 'contact_in_future';
    expect(await refused(contacts, callAt('', { contact: tomorrow }))).toMatchObject(named(ahead, 'contact.at'));
    const answeredTomorrow = callAt('', { contact: today, firstResponse: tomorrow });
    expect(await refused(contacts, answeredTomorrow)).toMatchObject(named(ahead, 'firstResponse.at'));
    const first = `/v1/concerns/${taken}/first-response`;
    expect(await refused(first, { response: tomorrow })).toMatchObject(named(ahead, 'response.at'));
    const early = { response: { ...at(-1_000), precision: 'minute' } };
    expect(await refused(first, early)).toMatchObject(named('first_response_before_contact', 'response.at'));
  });

  it('leaves contacts alone that are known to the month only', async () => {
    const contact = { at: '2021-02-01T00:00:00.000Z', precision: 'month' };
    const concernId = await desk.register(callAt('', { contact }));
    await clocksWound(stage);
    stage.clock.advance({ days: 30 });
    await allRung();
    expect(await said(concernId)).toEqual([]);
  });
});
