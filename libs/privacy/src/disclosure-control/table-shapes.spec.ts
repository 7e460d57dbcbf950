import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FamilyRequest } from './family.js';
import { recoverByBounds } from './fixtures/bounds.fixture.js';
import { recoverByElimination } from './fixtures/elimination.fixture.js';
import { rangesByProgramming, type Range } from './fixtures/programming.fixture.js';
import { writeDown } from './fixtures/published-tables.fixture.js';
import { cellsOf, tablesOf, trueCounts } from './fixtures/tables-of.fixture.js';
import { protectFamily } from './protect-family.js';
import { crossTable, stockAndFlow } from './table-shapes.js';

const threshold = 5;
const months = ['Jan', 'Feb', 'Mar'];
const rows = ['phone', 'portal', 'email'];
const columns = ['in_time', 'late', 'unanswered'];
const splits = { in_time: ['hours', 'day'] };

/** Contacts by channel and answer, as the report on first responses shows them; most cells are small, some are empty. */
const answers = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 36, maxLength: 36 })
  .chain((sizes) => fc.tuple(...sizes.map((size) => fc.integer({ min: 0, max: [0, 4, 9, 40][size] ?? 0 }))))
  .map((numbers): FamilyRequest => {
    const shape = crossTable({ periods: months, rows, columns, splits });
    const leaves = rows.flatMap((row) => [`${row}/hours`, `${row}/day`, `${row}/late`, `${row}/unanswered`]);
    const contacts = (month: string, row: string, answer: string): number =>
      numbers[months.indexOf(month) * leaves.length + leaves.indexOf(`${row}/${answer}`)] ?? 0;
    const inColumn = (month: string, row: string, column: string): number =>
      (column === 'in_time' ? splits.in_time : [column]).reduce((sum, each) => sum + contacts(month, row, each), 0);
    return {
      threshold,
      time: [{ key: 'quarter', children: months.map((key) => ({ key })) }],
      geography: shape.nodes,
      equations: shape.equations,
      measures: ['contacts'],
      count: (_measure, month, cell) => {
        const [row = '', column = '', part] = cell.split('/');
        if (row !== 'all') return inColumn(month, row, column);
        return rows.reduce(
          (sum, each) => sum + (part === undefined ? inColumn(month, each, column) : contacts(month, each, part)),
          0,
        );
      },
    };
  });

/** Cases by stage at the end of each month, and how many came and went. */
const caseload = fc
  .array(
    fc.record({ opened: fc.integer({ min: 0, max: 9 }), reopened: fc.integer({ min: 0, max: 3 }), leaving: fc.nat(9) }),
    {
      minLength: 5,
      maxLength: 5,
    },
  )
  .map((flows): FamilyRequest => {
    const periods = flows.map((_flow, index) => `2026-0${index + 1}`);
    const stock = { key: 'open', parts: ['engagement', 'planning'] };
    const shape = stockAndFlow({ periods, stock, inflows: ['opened', 'reopened'], outflows: ['closed'] });
    const counts = new Map<string, number>();
    let open = 0;
    periods.forEach((period, index) => {
      const { opened = 0, reopened = 0, leaving = 0 } = flows[index] ?? {};
      const closed = Math.min(leaving, open + opened + reopened);
      open += opened + reopened - closed;
      const engagement = Math.min(open, leaving);
      const cells = { opened, reopened, closed, engagement, planning: open - engagement };
      for (const [cell, count] of Object.entries(cells)) counts.set(`${period} ${cell}`, count);
    });
    return {
      threshold,
      time: periods.map((key) => ({ key })),
      geography: shape.nodes,
      equations: shape.equations,
      measures: ['cases'],
      count: (_measure, period, cell) => counts.get(`${period} ${cell}`) ?? 0,
    };
  });

async function recovered(request: FamilyRequest, family: Awaited<ReturnType<typeof protectFamily>>) {
  const counts = trueCounts(request);
  const unknowns = writeDown(tablesOf(request, family));
  const isProtected = (name: string, { least, greatest }: Range): boolean =>
    least < greatest && ((counts.get(name) ?? 0) >= threshold || greatest >= threshold);
  const ranges = await rangesByProgramming(unknowns, { wholeNumbers: true, enough: isProtected });
  return [
    ...recoverByElimination(unknowns).keys(),
    ...recoverByBounds(unknowns).keys(),
    ...[...ranges].filter(([name, range]) => !isProtected(name, range)).map(([name]) => name),
  ];
}

describe('tables that add up in more than one way', () => {
  it.each([
    ['rows by columns', answers],
    ['stock and flow', caseload],
  ] as const)(
    '%s: nobody can compute what is not shown, who knows how they add up',
    async (_what, requests) => {
      await fc.assert(
        fc.asyncProperty(requests, async (request) => {
          const family = await protectFamily(request);
          const counts = trueCounts(request);
          for (const cell of cellsOf(request)) {
            const count = counts.get(cell.join(' ')) ?? 0;
            const found = family.cell(...cell);
            expect(found).toEqual(found.shown ? { shown: true, value: count } : { shown: false });
            if (count < threshold) expect(found.shown).toBe(false);
          }
          expect(family.exposed).toEqual([]);
          expect(await recovered(request, family)).toEqual([]);
        }),
        { numRuns: 8, seed: 21 },
      );
    },
    180_000,
  );

  it.each([
    ['rows by columns', answers],
    ['stock and flow', caseload],
  ] as const)(
    '%s: who protects them as if they added up along the trees only is found out',
    async (_what, requests) => {
      const given: string[] = [];
      for (const request of fc.sample(requests, { numRuns: 4, seed: 21 }))
        given.push(...(await recovered(request, await protectFamily({ ...request, equations: [] }))));
      expect(given.length).toBeGreaterThan(0);
    },
    180_000,
  );

  it('are refused where they do not add up', async () => {
    const [request] = fc.sample(caseload, { numRuns: 1, seed: 21 });
    const broken = {
      ...request,
      count: (_measure: string, _period: string, cell: string) => cell.length,
    } as FamilyRequest;
    await expect(protectFamily(broken)).rejects.toThrow('an equation does not hold');
  });

  it('are empty without rows or columns', () => {
    expect(crossTable({ periods: months, rows: [], columns })).toEqual({ nodes: [], equations: [] });
    expect(crossTable({ periods: months, rows, columns: [] })).toEqual({ nodes: [], equations: [] });
  });
});
