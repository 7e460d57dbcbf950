import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { callAt, concern, deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

interface Line {
  readonly concernId: string;
  readonly dueAt?: string;
  readonly immediateDanger: boolean;
  readonly unansweredSince?: string;
}

describe('the queue', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  const list = (query = '', as = 'amina.officer') => stage.ask('intake', 'GET', `/v1/concerns${query}`, { as });
  const allPages = async (query: string): Promise<readonly (readonly Line[])[]> => {
    const pages: Line[][] = [];
    let after = '';
    do {
      const { body } = await list(`?${query}${after}`);
      pages.push(body.items);
      after = body.next === undefined ? '' : `&after=${body.next}`;
    } while (after !== '');
    return pages;
  };

  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
    const minutesAgo = (minutes: number) => new Date(Date.parse(stage.clock.now()) - minutes * 60_000).toISOString();
    // Entered in an order that is not the queue's; every tenth in danger, every twentieth known to the month only, some at one moment.
    const calls = Array.from({ length: 120 }, (_each, index) => {
      if (index % 20 === 7)
        return callAt('2026-01-01T00:00:00.000Z', { contact: { at: '2026-01-01T00:00:00.000Z', precision: 'month' } });
      return callAt(minutesAgo((index * 37) % 60), { immediateDanger: index % 10 === 0 });
    });
    for (let from = 0; from < calls.length; from += 10)
      await Promise.all(calls.slice(from, from + 10).map((call) => desk.register(call)));
  });
  afterAll(() => stage?.close());

  it('shows danger first, then by the time that is left, then those without a clock', async () => {
    const lines = (await allPages('limit=100')).flat();
    expect(lines).toHaveLength(120);
    const sorted = lines.toSorted(
      (a, b) =>
        Number(b.immediateDanger) - Number(a.immediateDanger) ||
        (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9') ||
        a.concernId.localeCompare(b.concernId),
    );
    expect(lines.map(({ concernId }) => concernId)).toEqual(sorted.map(({ concernId }) => concernId));
    expect(lines.slice(0, 12).every(({ immediateDanger }) => immediateDanger)).toBe(true);
    expect(lines.slice(-6).every(({ dueAt }) => dueAt === undefined)).toBe(true);
  });

  it.each([1, 7, 50, 100])('gives each concern once in pages of %i', async (limit) => {
    const pages = await allPages(`limit=${limit}`);
    const ids = pages.flat().map(({ concernId }) => concernId);
    expect(new Set(ids).size).toBe(120);
    expect(ids).toHaveLength(120);
    expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
  });

  it('answers at once to a position that the log never had, and refuses what is none by the name of the header', async () => {
    const at = (position: string) =>
      stage.ask('intake', 'GET', '/v1/concerns', {
        ...{ as: 'amina.officer', headers: { 'waymark-position': position } },
      });
    const before = performance.now();
    expect(await at('9'.repeat(18))).toMatchObject({ status: 200 });
    expect(performance.now() - before).toBeLessThan(9_000);
    for (const wrong of ['x', '-1', '9'.repeat(19)])
      expect(await at(wrong)).toMatchObject({
        ...{ status: 400, body: { code: 'waymark_position_malformed', errors: [{ field: 'Waymark-Position' }] } },
      });
  });

  it('is told languages, scripts and regions, and no words in their place', async () => {
    const raise = (language: string) => stage.ask('intake', 'POST', '/v1/concerns', { body: { ...concern, language } });
    for (const known of ['ar', 'swh', 'pt-BR', 'zh-Hant-TW', 'es-419'])
      expect(await raise(known)).toMatchObject({ status: 201 });
    for (const wrong of ['en-the-boss-is-bob', 'en-x-kanarie', 'de-1996', `en${'-aaaa'.repeat(10)}`, 'EN US', 'x'])
      expect(await raise(wrong)).toMatchObject({ status: 422, body: { errors: [{ field: 'language' }] } });
  });

  it('shows fifty when nothing is asked', async () => {
    expect((await list()).body.items).toHaveLength(50);
  });

  it('tells clock, language, priority and place, and nothing of the matter', async () => {
    const { body } = await list('?limit=100');
    const told = new Set(body.items.flatMap((line: object) => Object.keys(line)));
    const allowed = [
      ...[
        'concernId',
        'channel',
        'language',
        'country',
        'dutyStation',
        'dutyStationName',
        'status',
        'priority',
        'immediateDanger',
      ],
      ...['dueAt', 'secondsLeft', 'overdue', 'unansweredSince', 'escalatedTo', 'officerId'],
    ];
    expect([...told].filter((field) => !allowed.includes(String(field)))).toEqual([]);
  });

  it('leaves out who has been answered, unless asked for', async () => {
    const concernId = await desk.register(callAt(stage.clock.now(), { channel: 'email' }));
    const shows = async (query: string) =>
      (await list(query)).body.items.some((line: Line) => line.concernId === concernId);
    expect(await shows('?channel=email')).toBe(true);
    expect(await shows('?channel=phone')).toBe(false);
    await desk.step(concernId, 'allocation', 'amina.officer');
    const response = { at: stage.clock.now(), precision: 'minute' };
    await desk.step(concernId, 'first-response', 'amina.officer', { response });
    expect(await shows('?channel=email')).toBe(false);
    expect(await shows('?channel=email&waitingFor=nothing')).toBe(true);
    expect(await shows('?channel=email&waitingFor=any&status=acknowledged')).toBe(true);
    expect(await shows('?channel=email&waitingFor=any&status=triaged')).toBe(false);
  });

  it('shows whoever writes again, also long after the first response, until somebody has answered that', async () => {
    const { concernId, receipt } = await desk.submit();
    const { token } = await desk.session(receipt);
    const writes = (text: string) => stage.ask('intake', 'POST', '/v1/my-concern/messages', { token, body: { text } });
    const answer = (text: string) => desk.step(concernId, 'messages', 'amina.officer', { text });
    const line = async (waitingFor: string) =>
      (await allPages(`limit=100&waitingFor=${waitingFor}`)).flat().find((each) => each.concernId === concernId);
    await desk.step(concernId, 'allocation', 'amina.officer');
    await answer('We are here.');
    expect(await line('answer')).toBeUndefined();
    expect(await line('nothing')).not.toHaveProperty('unansweredSince');
    const before = Date.now();
    await writes('He is on his way to my house.');
    const { unansweredSince = '' } = (await line('answer')) ?? {};
    expect(Date.parse(unansweredSince)).toBeGreaterThanOrEqual(before - 1_000);
    await writes('Is anybody there?');
    expect(await line('answer')).toMatchObject({ concernId, unansweredSince });
    expect(await line('any')).toMatchObject({ unansweredSince });
    expect(await line('nothing')).toBeUndefined();
    await answer('I am calling you now.');
    expect(await line('answer')).toBeUndefined();
    expect(await line('nothing')).not.toHaveProperty('unansweredSince');
  });

  it('shows what its caller has just done', async () => {
    for (let time = 0; time < 5; time += 1) {
      const concernId = await desk.register(callAt(stage.clock.now(), { channel: 'in_person' }));
      const { body } = await list('?channel=in_person&limit=100');
      expect(body.items.map((line: Line) => line.concernId)).toContain(concernId);
    }
  });

  it.each([
    ...['limit=0', 'limit=101', 'limit=ten', 'limit=5&limit=6', 'status=open', 'channel=', 'waitingFor=me'],
    ...['after=nonsense', `after=${Buffer.from('[true,"infinity",5]').toString('base64url')}`, 'unknown=1', 'after=!'],
    `after=${Buffer.from('[true,"+275760-09-13T00:00:00.000Z","----- ------------------------------"]').toString('base64url')}`,
    `after=${Buffer.from('[true,"1","------------------------------------"]').toString('base64url')}`,
  ])('names what is wrong with ?%s', async (query) => {
    const field = query.split('=')[0];
    expect(await list(`?${query}`)).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', errors: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });
});
