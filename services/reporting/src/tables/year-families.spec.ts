import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { protectApart } from './protect-apart.js';
import { cellKey, type TablePlan } from './table-plan.js';
import type { YearFamilies } from './year-families.js';
import { prepareYears, type Told, type YearGround } from './year-families.fixture.js';

/** The helpline's real contacts of 2021: month, province, behaviours, contacts. */
const realYear = readFileSync(
  new URL('../../../../libs/privacy/src/disclosure-control/fixtures/linea144-2021.csv', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));

const contacts = (count: number, subdivision: string, month: string): readonly Told[] =>
  Array.from({ length: count }, () => ({
    ...{ month, country: 'AR', subdivision, matters: ['other'], behaviours: ['stalking'] },
  }));

describe('the protected tables of a year', () => {
  let ground: YearGround;
  let computed: TablePlan[];
  let fails: boolean;
  let year: string;
  let nextYear = 1981;

  beforeAll(async () => {
    ground = await prepareYears();
  });
  afterAll(() => ground?.close());
  beforeEach(() => {
    ground.clock.set('2022-02-01T00:00:00.000Z');
    year = String(nextYear++);
    computed = [];
    fails = false;
  });

  const newInstance = (): YearFamilies =>
    ground.newInstance(async (plan) => {
      computed.push(plan);
      if (fails) throw new Error('out of memory');
      return protectApart(plan);
    });
  const tell = (counts: Readonly<Record<string, number>>, month = '01') =>
    ground.tell(Object.entries(counts).flatMap(([place, count]) => contacts(count, place, `${year}-${month}`)));
  const shownBy = async (families: YearFamilies, place: string, period = `${year}-01`) =>
    (await families.of(period)).family.shown.get(cellKey('contacts', period, place));

  it('are computed once for all who ask at once, and not again while they list the same', async () => {
    const families = newInstance();
    await tell({ 'AR-B': 8 });
    const all = () => Promise.all([1, 2, 3].map(() => shownBy(families, 'AR-B')));
    expect(await all()).toEqual([8, 8, 8]);
    expect(computed).toHaveLength(1);
    const before = (await families.of(`${year}-01`)).position;
    await tell({ 'AR-B': 3 });
    expect(await all()).toEqual([11, 11, 11]);
    expect((await families.of(`${year}-01`)).position).not.toBe(before);
    expect(computed).toHaveLength(1);
    expect(await ground.decided(year)).toHaveLength(1);
  });

  it('are computed again after a computation that failed, and nothing is decided by one that did', async () => {
    const families = newInstance();
    await tell({ 'AR-B': 8 });
    fails = true;
    await expect(shownBy(families, 'AR-B')).rejects.toThrow('out of memory');
    expect(await ground.decided(year)).toEqual([]);
    fails = false;
    expect(await shownBy(families, 'AR-B')).toBe(8);
  });

  it('are decided on the counts of when that was begun, though nobody waited so long and counts went on changing', async () => {
    let goOn = () => {};
    const ready = new Promise<void>((resolve) => (goOn = resolve));
    const slow = ground.newInstance(async (plan) => {
      computed.push(plan);
      await ready;
      return protectApart(plan);
    }, 50);
    await tell({ 'AR-B': 8 });
    await expect(slow.of(`${year}-01`)).rejects.toMatchObject({ status: 503, code: 'tables_being_computed' });
    await tell({ 'AR-B': 2 });
    await expect(slow.of(`${year}-01`)).rejects.toMatchObject({ status: 503, code: 'tables_being_computed' });
    goOn();
    while ((await ground.decided(year)).length === 0) await pause(20);
    expect(await shownBy(slow, 'AR-B')).toBe(10);
    expect(computed).toHaveLength(1);
  });

  it('are the same for two who ask two instances at once, and after a restart', async () => {
    const [one, other] = [newInstance(), newInstance()];
    await tell({ 'AR-B': 3, 'AR-C': 8, 'AR-S': 9, 'AR-T': 30 });
    const [first, second] = await Promise.all([one.of(`${year}-01`), other.of(`${year}-01`)]);
    expect(first.family).toEqual(second.family);
    expect(await ground.decided(year)).toHaveLength(1);
    expect((await newInstance().of(`${year}-01`)).family).toEqual(first.family);
    expect(computed).toHaveLength(2);
  });

  it('go by what was decided meanwhile, if counts changed while they were computed', async () => {
    const [slow, quick] = [newInstance(), newInstance()];
    await tell({ 'AR-B': 8, 'AR-C': 9 });
    const before = slow.of(`${year}-01`);
    while (computed.length === 0) await pause(1);
    await tell({ 'AR-B': 3, 'AR-S': 2 });
    const after = await quick.of(`${year}-01`);
    expect((await before).family).toEqual(after.family);
    expect((await before).family.shown.get(cellKey('contacts', `${year}-01`, 'AR-B'))).toBe(11);
  });

  it('never show what was hidden once, though it becomes large, nor hide what was shown', async () => {
    const families = newInstance();
    await tell({ 'AR-B': 3, 'AR-C': 8, 'AR-T': 30 });
    const shown = [...(await families.of(`${year}-01`)).family.shown.keys()];
    expect(await shownBy(families, 'AR-B')).toBeUndefined();
    await tell({ 'AR-B': 40, 'AR-C': 1 });
    const { family } = await families.of(`${year}-01`);
    expect([...family.shown.keys()].toSorted()).toEqual(shown.toSorted());
    expect(family.shown.get(cellKey('contacts', `${year}-01`, 'all'))).toBe(82);
    expect(computed).toHaveLength(1);
  });

  it('decide nothing of later months for who reads an earlier one, nor of any for who reads what there is not', async () => {
    const families = newInstance();
    await tell({ 'AR-B': 20, 'AR-C': 30 }, '01');
    await tell({ 'AR-B': 2 }, '02');
    ground.clock.set(`${year}-03-01T00:01:00.000Z`);
    for (const period of [year, `${year}-Q1`, `${year}-03`])
      await expect(families.of(period)).rejects.toMatchObject({ status: 404, code: 'period_not_available' });
    expect(await ground.decided(year)).toEqual([]);
    expect((await families.of(`${year}-01`)).family.periods).toEqual([`${year}-01`]);
    expect((await ground.decided(year)).map(({ period }) => period)).toEqual([`${year}-01`]);
    await tell({ 'AR-B': 18, 'AR-C': 30 }, '02');
    expect(await shownBy(families, 'AR-B', `${year}-02`)).toBe(20);
    expect((await families.of(`${year}-01`)).family.periods).toEqual([`${year}-01`, `${year}-02`]);
  });

  it('show a quarter by which nothing of its months comes back that was hidden when they were over', async () => {
    const families = newInstance();
    const read = async (now: string, period: string) => {
      ground.clock.set(now);
      return (await families.of(`${year}-${period}`)).family;
    };
    await tell({ 'AR-B': 3, 'AR-C': 8, 'AR-T': 30 }, '01');
    await tell({ 'AR-B': 20, 'AR-C': 20, 'AR-T': 20 }, '02');
    await tell({ 'AR-B': 20, 'AR-C': 20, 'AR-T': 20 }, '03');
    expect((await read(`${year}-02-10T00:00:00.000Z`, '01')).periods).toEqual([`${year}-01`]);
    // As large as the others by now; but whoever knows when they came could compute that there were three.
    await tell({ 'AR-B': 30 }, '01');
    expect((await read(`${year}-03-10T00:00:00.000Z`, '02')).periods).toHaveLength(2);
    const { periods, shown } = await read(`${year}-04-10T00:00:00.000Z`, 'Q1');
    expect(periods).toContain(`${year}-Q1`);
    expect(shown.get(cellKey('contacts', `${year}-Q1`, 'all'))).toBe(191);
    for (const place of ['AR-B', 'AR-C']) {
      const isShown = ['01', '02', '03', 'Q1'].map((of) => shown.has(cellKey('contacts', `${year}-${of}`, place)));
      expect([place, isShown.slice(0, 2), isShown.slice(2).includes(false)]).toEqual([place, [false, true], true]);
    }
    const plan = computed.at(-1);
    expect(new Map(plan?.counts).get(cellKey('contacts', `${year}-01`, 'AR-B'))).toBe(3);
  });

  it('leave out those who come late in a place of which they told that there was nobody', async () => {
    const families = newInstance();
    await tell({ 'AR-B': 20, 'AR-C': 30 });
    expect(await shownBy(families, 'all')).toBe(50);
    await tell({ 'AR-S': 1 });
    expect(await shownBy(families, 'all')).toBe(50);
    expect((await ground.decided(year)).at(-1)).toMatchObject({ period: `${year}-01`, known: ['AR-S'], shown: [] });
    await tell({ 'AR-S': 20, 'AR-B': 2 });
    expect([await shownBy(families, 'all'), await shownBy(families, 'AR-S')]).toEqual([52, undefined]);
  });

  it('count whose subdivision lies in another country, or comes without one, where no subdivision is stated', async () => {
    const at = (country?: string, subdivision?: string, count = 10): readonly Told[] =>
      Array.from({ length: count }, () => ({
        ...{ month: `${year}-01`, matters: ['other'], behaviours: [] },
        ...{ ...(country ? { country } : {}), ...(subdivision ? { subdivision } : {}) },
      }));
    await ground.tell([...at('AR', 'AR-B'), ...at('KE', 'AR-B'), ...at('KE', undefined, 7)]);
    await ground.tell([...at(undefined, 'AR-B', 6), ...at(undefined, undefined, 8), ...at('AR')]);
    const { shown } = (await newInstance().of(`${year}-01`)).family;
    const counts = ['all', 'AR', 'AR-B', 'AR/not_stated', 'KE', 'KE/not_stated', 'not_stated'].map((place) =>
      shown.get(cellKey('contacts', `${year}-01`, place)),
    );
    expect(counts).toEqual([51, 20, 10, 10, 17, 17, 14]);
    const plan = computed.at(-1);
    expect(new Map(plan?.counts).get(cellKey('contacts', `${year}-01`, 'KE/not_stated'))).toBe(17);
  });

  it('leave this thread free while a real year is computed', async () => {
    const families = ground.newInstance();
    const rows = realYear.flatMap(([month = '', province = '', kinds = '', count = '']) =>
      ['contacts', 'matter/other', ...(kinds || 'not_stated').split(';').map((kind) => `behaviour/${kind}`)].map(
        (measure) => [month, province, measure, Number(count)] as const,
      ),
    );
    for (const row of rows)
      await ground.dataSource.query(
        `INSERT INTO contact_counts AS c VALUES ($1, 'AR', $2, $3, $4)
         ON CONFLICT (month, country, subdivision, measure) DO UPDATE SET contacts = c.contacts + excluded.contacts`,
        [...row],
      );
    const free = performance.eventLoopUtilization();
    const { family } = await families.of('2021');
    expect(performance.eventLoopUtilization(free).utilization).toBeLessThan(0.5);
    expect(family.periods).toHaveLength(17);
    expect(family.shown.get(cellKey('contacts', '2021', 'all'))).toBe(
      realYear.reduce((sum, [, , , count]) => sum + Number(count), 0),
    );
    const again = performance.now();
    await families.of('2021');
    expect(performance.now() - again).toBeLessThan(1_000);
  }, 120_000);
});
