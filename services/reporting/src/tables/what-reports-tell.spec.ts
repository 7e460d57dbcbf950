import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { caseStages, referralResults, responseBands } from '@waymark/contracts';
import { type CaseChange, caseloadCell, caseloadOf } from './caseload-table.js';
import { crossCell, type CrossColumns, type CrossRow, crossTables } from './cross-tables.js';
import { answerColumns, answers, crossRowOf } from './first-response-table.js';
import { program, type Row } from './reports-side-by-side.fixture.js';
import { protectTables, type ShownCells } from './table-plan.js';

const now = '2021-04-02T00:00:00.000Z';
const months = ['2021-01', '2021-02', '2021-03'];
const periods = [...months, '2021-Q1'];

type Term = readonly [factor: number, cell: string];

/** What somebody has before them: each count that a report answers, by its name, and how they add up. */
interface Reports {
  readonly read: ReadonlyMap<string, number | undefined>;
  readonly zero: readonly (readonly Term[])[];
  readonly neverOverZero?: readonly (readonly Term[])[];
}

/** The cells that a report answers as not shown, and of which there is one possible count only, or none from five on. */
async function computed({ read, zero, neverOverZero = [] }: Reports): Promise<readonly string[]> {
  const numbers = new Map([...read.keys()].map((cell, number) => [cell, number]));
  const row = (terms: readonly Term[], least: number, greatest: number): Row => ({
    ...{ unknowns: new Map(terms.map(([factor, cell]) => [numbers.get(cell) ?? -1, factor])), least, greatest },
  });
  const ask = await program(numbers.size, [
    ...[...read].flatMap(([cell, count]) => (count === undefined ? [] : [row([[1, cell]], count, count)])),
    ...zero.map((terms) => row(terms, 0, 0)),
    ...neverOverZero.map((terms) => row(terms, -Infinity, 0)),
  ]);
  return [...read].flatMap(([cell, count]) => {
    if (count !== undefined) return [];
    const { unknowns } = row([[1, cell]], 0, 0);
    const [least, greatest] = [ask(unknowns, 1), -ask(unknowns, -1)];
    const isComputed = Math.ceil(least - 1e-6) >= Math.floor(greatest + 1e-6) || Math.floor(greatest + 1e-6) < 5;
    return isComputed ? [`${cell}: ${least} to ${greatest}`] : [];
  });
}

/** Every row that is listed by every column of the code list, in each month and in the quarter. */
function readCross(
  shown: ShownCells,
  rows: readonly string[],
  { columns, splits = {} }: CrossColumns,
): Pick<Reports, 'read' | 'zero'> {
  const each = rows.filter((row) => row !== 'all');
  const parts = (column: string): readonly string[] => (splits[column] ?? []).map((part) => `all/${column}/${part}`);
  const cells = [
    ...['all', ...each].flatMap((row) => [row, ...columns.map((column) => `${row}/${column}`)]),
    ...columns.flatMap(parts),
  ];
  const at = (period: string, cell: string, factor = 1): Term => [factor, `${period} ${cell}`];
  return {
    read: new Map(
      periods.flatMap((period) => cells.map((cell) => [`${period} ${cell}`, crossCell(shown, period, cell)])),
    ),
    zero: [
      ...cells.map((cell) => [at('2021-Q1', cell, -1), ...months.map((month) => at(month, cell))]),
      ...periods.flatMap((period) => [
        ...['all', ...each].map((row) => [
          at(period, row, -1),
          ...columns.map((column) => at(period, `${row}/${column}`)),
        ]),
        ...columns.map((column) => [
          at(period, `all/${column}`, -1),
          ...each.map((row) => at(period, `${row}/${column}`)),
        ]),
        ...columns
          .filter((column) => parts(column).length > 0)
          .map((column) => [at(period, `all/${column}`, -1), ...parts(column).map((part) => at(period, part))]),
      ]),
    ],
  };
}

const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 5, max: 40 }));
/** Counts by month, row and value; of most values nothing was counted in the whole quarter. */
const counted = (rows: readonly string[], values: readonly string[]) =>
  fc
    .subarray([...values], { minLength: 1, maxLength: 3 })
    .chain((seen) =>
      fc
        .tuple(
          ...months.flatMap((month) =>
            rows.flatMap((row) => seen.map((value) => count.map((of) => ({ month, row, value, of })))),
          ),
        )
        .map((all) =>
          all.filter(({ month, row, value, of }) => of > 0 || (row === rows[0] && value === seen[0] && month !== '')),
        ),
    );

const attackCross = async (columns: CrossColumns, rows: readonly CrossRow[]): Promise<readonly string[]> => {
  const tables = crossTables(columns, '2021', rows, now);
  const { shown, sound } = await protectTables(tables.plan);
  expect(sound).toBe(true);
  return computed(readCross(shown, tables.rows, columns));
};

const openStages = caseStages.filter((stage) => stage !== 'closed');
const flows = ['opened', 'reopened', 'closed'];

/** In each month some are opened, some go on to planning, some are closed, and in some quarters some are reopened. */
const caseloads = fc
  .array(fc.record({ opened: fc.nat(25), planned: fc.nat(12), closed: fc.nat(8), reopened: fc.nat(6) }), {
    ...{ minLength: 3, maxLength: 3 },
  })
  .chain((flowsOfMonths) =>
    fc.record({ planning: fc.boolean(), closing: fc.boolean(), reopening: fc.boolean() }).map((does) => {
      const changes: CaseChange[] = [];
      const at: Record<string, number> = { engagement: 0, planning: 0, closed: 0 };
      flowsOfMonths.forEach((flow, index) => {
        const move = (before: string, stage: string, wanted: number, kind?: string): void => {
          const cases = Math.min(wanted, before === '' ? wanted : (at[before] ?? 0));
          if (cases === 0) return;
          if (before !== '') at[before] = (at[before] ?? 0) - cases;
          at[stage] = (at[stage] ?? 0) + cases;
          const told = { opened: 0, reopened: 0, closed: 0, ...(kind ? { [kind]: cases } : {}) };
          changes.push({ month: months[index] ?? '', before, stage, cases, ...told });
        };
        if (does.reopening) move('closed', 'engagement', flow.reopened, 'reopened');
        if (does.closing) move('engagement', 'closed', flow.closed, 'closed');
        if (does.planning) move('engagement', 'planning', flow.planned);
        move('', 'engagement', flow.opened + 1, 'opened');
      });
      return changes;
    }),
  );

async function attackCaseload(changes: readonly CaseChange[]): Promise<readonly string[]> {
  const { plan } = caseloadOf(changes, now);
  const { shown, sound } = await protectTables(plan);
  expect(sound).toBe(true);
  const cells = ['open', ...openStages, ...flows];
  const at = (month: string, cell: string, factor = 1): Term => [factor, `${month} ${cell}`];
  return computed({
    read: new Map(
      months.flatMap((month) => cells.map((cell) => [`${month} ${cell}`, caseloadCell(shown, month, cell)])),
    ),
    zero: months.flatMap((month, index) => [
      [at(month, 'open', -1), ...openStages.map((stage) => at(month, stage))],
      [
        ...[at(month, 'open', -1), at(month, 'opened'), at(month, 'reopened'), at(month, 'closed', -1)],
        ...months
          .slice(0, index)
          .slice(-1)
          .map((before) => at(before, 'open')),
      ],
    ]),
    // No more are open than were ever opened.
    neverOverZero: months.map((month, index) => [
      at(month, 'open'),
      ...months.slice(0, index + 1).map((each) => at(each, 'opened', -1)),
    ]),
  });
}

describe('nobody can compute a count that a report answers as not shown', () => {
  const runs = { numRuns: 12, seed: 46 };

  it('of the first responses, though there was nobody in the whole year', async () => {
    const answered = counted(
      ['phone', 'portal'],
      [...answers.filter((each) => !/24|late/.test(each)), ...responseBands],
    );
    await fc.assert(
      fc.asyncProperty(answered, async (all) => {
        const rows = all.map(({ month, row, value, of }) =>
          crossRowOf({ month, channel: row, answer: value, contacts: of }),
        );
        expect(await attackCross(answerColumns, rows)).toEqual([]);
      }),
      runs,
    );
  }, 280_000);

  it('of the referrals, though none had that result in the whole year', async () => {
    await fc.assert(
      fc.asyncProperty(counted(['medical', 'ombudsman'], referralResults), async (all) => {
        const rows = all.map(({ month, row, value, of }) => ({ month, row, column: value, count: of }));
        expect(await attackCross({ columns: referralResults }, rows)).toEqual([]);
      }),
      runs,
    );
  }, 280_000);

  it('of the caseload, though no case was ever at that stage, or reopened', async () => {
    await fc.assert(
      fc.asyncProperty(caseloads, async (changes) => {
        expect(await attackCaseload(changes)).toEqual([]);
      }),
      runs,
    );
  }, 280_000);
});
