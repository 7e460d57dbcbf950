import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarOf } from './calendar.js';
import { concluded, type Seen, type Sought } from './reports-side-by-side.fixture.js';
import { cellKey, cellsOf, protectTables } from './table-plan.js';
import { prepareYears, type Told, type YearGround } from './year-families.fixture.js';
import type { YearFamily } from './year-family.js';
import { yearPlan } from './year-family.js';

/** In the report of which month a contact is counted for the first time: its own, or one or two later. */
interface Coming {
  readonly month: number;
  readonly late: number;
  readonly place: string;
  readonly behaviour: 'stalking' | 'touching' | undefined;
}

const places = ['AR-B', 'AR-C', 'AR-S', 'KE-30', 'KE'] as const;
const coming = fc.record<Coming>({
  month: fc.constantFrom(1, 2, 3),
  late: fc.constantFrom(0, 0, 0, 0, 1, 2),
  place: fc.constantFrom('AR-B', 'AR-B', 'AR-C', 'AR-C', ...places),
  behaviour: fc.constantFrom('stalking' as const, 'touching' as const, undefined),
});
const quarters = fc.array(coming, { minLength: 30, maxLength: 120, size: 'max' });

const monthOf = (year: string, month: number): string => `${year}-0${month}`;
const leafOf = ({ place }: Coming): string => (place === 'KE' ? 'KE/not_stated' : place);
const measuresOf = ({ behaviour }: Coming): readonly string[] => [
  'contacts',
  'matter/other',
  `behaviour/${behaviour ?? 'not_stated'}`,
];
const told = (year: string, { month, place, behaviour }: Coming): Told => ({
  ...{ month: monthOf(year, month), country: place.slice(0, 2), matters: ['other'] },
  ...{ behaviours: behaviour ? [behaviour] : [], ...(place === 'KE' ? {} : { subdivision: place }) },
});

/** What a cell is the sum of. */
const partsOf = (measure: string, period: string, place: string): Sought => {
  const year = period.slice(0, 4);
  const leaves = places.map((each) => (each === 'KE' ? 'KE/not_stated' : each));
  return {
    measure,
    months: period.endsWith('Q1') ? [1, 2, 3].map((month) => monthOf(year, month)) : [period],
    places: leaves.filter((leaf) => place === 'all' || leaf === place || leaf.slice(0, 2) === place),
  };
};

describe('reports of a quarter, read after each of its months and again later', () => {
  let ground: YearGround;
  beforeAll(async () => {
    ground = await prepareYears();
  });
  afterAll(() => ground?.close());

  /** Each report in turn; after the third month the quarter is over, then come those who are late. */
  const read = async (year: string, contacts: readonly Coming[]): Promise<readonly YearFamily[]> => {
    const reports: YearFamily[] = [];
    for (const report of [1, 2, 3, 4, 5]) {
      ground.clock.set(`${year}-0${report + 1}-03T00:00:00.000Z`);
      await ground.tell(contacts.filter(({ month, late }) => month + late === report).map((each) => told(year, each)));
      reports.push((await ground.newInstance().of(monthOf(year, Math.min(report, 3)))).family);
    }
    return reports;
  };

  it('give no hidden count away when they are laid side by side, even to who knows each contact that came late', async () => {
    let year = 1990;
    await fc.assert(
      fc.asyncProperty(quarters, async (contacts) => {
        const of = String(year++);
        const reports = await read(of, contacts);
        const known = new Set(
          (await ground.decided(of)).flatMap((each) => each.known.map((place) => `${each.period} ${place}`)),
        );
        const countedLate = ({ measure, months, places: leaves }: Sought, report: number): number =>
          contacts.filter(
            (each) =>
              each.late > 0 &&
              each.month + each.late <= report &&
              measuresOf(each).includes(measure) &&
              months.includes(monthOf(of, each.month)) &&
              leaves.includes(leafOf(each)) &&
              !known.has(`${monthOf(of, each.month)} ${leafOf(each)}`),
          ).length;
        const seen: Seen[] = reports.flatMap(({ shown }, index) =>
          [...shown].map(([cell, count]) => {
            const [measure = '', period = '', place = ''] = cell.split(' ');
            const parts = partsOf(measure, period, place);
            return { ...parts, count: count - countedLate(parts, index + 1) };
          }),
        );
        const last = reports.at(-1);
        const hidden = (last?.measures ?? []).flatMap((measure) =>
          (last?.periods ?? []).flatMap((period) =>
            (last?.places ?? []).flatMap(({ key }) =>
              last?.shown.has(cellKey(measure, period, key)) || known.has(`${period} ${key}`)
                ? []
                : [partsOf(measure, period, key)],
            ),
          ),
        );
        expect(await concluded(seen, hidden)).toEqual([]);
      }),
      { numRuns: 6, seed: 2026, endOnFailure: true },
    );
  }, 300_000);

  it('give hidden counts away where each is protected as if there were no other', async () => {
    const given: Sought[] = [];
    for (const contacts of fc.sample(quarters, { numRuns: 6, seed: 2026 })) {
      const shown = new Map<string, number>();
      const hidden = new Set<string>();
      for (const now of ['2020-02-03', '2020-03-03', '2020-04-03']) {
        const rows = contacts.flatMap((each) =>
          measuresOf(each).map((measure) => ({
            ...{ month: monthOf('2020', each.month), country: each.place.slice(0, 2), measure, contacts: 1 },
            subdivision: each.place === 'KE' ? '' : each.place,
          })),
        );
        const time = calendarOf('2020', new Set(rows.map(({ month }) => month)), now);
        const { plan } = yearPlan({ threshold: 5, time, rows: addedUp(rows) });
        const found = await protectTables(plan);
        for (const [cell, count] of found.shown) shown.set(cell, count);
        for (const cell of cellsOf(plan)) hidden.add(cellKey(...cell));
      }
      const partsOfKey = (cell: string): Sought => {
        const [measure = '', period = '', place = ''] = cell.split(' ');
        return partsOf(measure, period, place);
      };
      const seen = [...shown].map(([cell, count]) => ({ ...partsOfKey(cell), count }));
      given.push(...(await concluded(seen, [...hidden].filter((cell) => !shown.has(cell)).map(partsOfKey))));
    }
    expect(given.length).toBeGreaterThan(0);
  }, 300_000);
});

type Rows = Parameters<typeof yearPlan>[0]['rows'];

function addedUp(rows: Rows): Rows {
  const sums = new Map<string, Rows[number]>();
  for (const row of rows) {
    const key = [row.month, row.country, row.subdivision, row.measure].join(' ');
    sums.set(key, { ...row, contacts: (sums.get(key)?.contacts ?? 0) + 1 });
  }
  return [...sums.values()];
}
