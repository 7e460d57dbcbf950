import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CellChoice, FamilyRequest } from './family.js';
import { recoverByBounds } from './fixtures/bounds.fixture.js';
import { recoverByElimination } from './fixtures/elimination.fixture.js';
import { rangesByProgramming } from './fixtures/programming.fixture.js';
import { writeDown } from './fixtures/published-tables.fixture.js';
import { cellsOf } from './fixtures/tables-of.fixture.js';
import { protectFamily } from './protect-family.js';
import type { TreeNode } from './tree.js';

const months = ['Jan', 'Feb', 'Mar', 'Apr'];
const places = ['north', 'south', 'east'];
const codes = ['threat', 'exclusion', 'not_stated'];

const leaf = (key: string): TreeNode => ({ key });
const first = { key: 'first', children: [leaf('Jan'), leaf('Feb')] };
const second = { key: 'second', children: [leaf('Mar'), leaf('Apr')] };
const year = [{ key: 'year', children: [first, second] }];
/** The periods that are over at the end of each month. */
const overBy: readonly (readonly TreeNode[])[] = [[leaf('Jan')], [first], [first, leaf('Mar')], year];

const contact = fc.record({
  month: fc.constantFrom(...months),
  place: fc.constantFrom('north', 'north', 'south', 'south', 'east'),
  codes: fc.constantFrom<readonly string[]>(['threat'], ['threat', 'exclusion'], ['exclusion'], ['not_stated']),
});

const years = fc.array(contact, { minLength: 40, maxLength: 160, size: 'max' }).map((contacts): FamilyRequest => ({
  time: year,
  geography: [{ key: 'all', children: places.map(leaf) }],
  measures: ['contacts', ...codes],
  covers: [{ whole: 'contacts', parts: codes }],
  count: (measure, month, place) =>
    contacts.filter(
      (each) =>
        each.month === month && each.place === place && (measure === 'contacts' || each.codes.includes(measure)),
    ).length,
}));

interface Standings {
  readonly shown: Map<string, number>;
  readonly hidden: Set<string>;
}

/** The reports of all months in turn, each with the periods that were over by then. */
async function published(request: FamilyRequest, remembering: boolean): Promise<Standings> {
  const shown = new Map<string, number>();
  const hidden = new Set<string>();
  const isIn =
    (cells: { has(cell: string): boolean }): CellChoice =>
    (...cell) =>
      remembering && cells.has(cell.join(' '));
  for (const time of overBy) {
    const standings = { alreadyShown: isIn(shown), alreadyHidden: isIn(hidden) };
    const family = await protectFamily({ ...request, time, ...standings });
    expect(family.exposed).toEqual([]);
    for (const address of cellsOf({ ...request, time })) {
      const cell = family.cell(...address);
      if (cell.shown) shown.set(address.join(' '), cell.value);
      else hidden.add(address.join(' '));
    }
  }
  return { shown, hidden };
}

/** Whoever has kept all reports. */
async function recovered(request: FamilyRequest, shown: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const unknowns = writeDown({ ...request, read: (...cell) => shown.get(cell.join(' ')) });
  const ranges = await rangesByProgramming(unknowns, {
    wholeNumbers: true,
    enough: (_name, { least, greatest }) => least < greatest && greatest >= 5,
  });
  return [
    ...recoverByElimination(unknowns).keys(),
    ...recoverByBounds(unknowns).keys(),
    ...[...ranges].filter(([, { least, greatest }]) => least >= greatest || greatest < 5).map(([name]) => name),
  ];
}

describe('reports of every month, and again when its quarter and the year are over', () => {
  it('laid side by side give no hidden count away, where each goes by what was shown and hidden before', async () => {
    await fc.assert(
      fc.asyncProperty(years, async (request) => {
        const { shown, hidden } = await published(request, true);
        expect([...hidden].filter((cell) => shown.has(cell))).toEqual([]);
        expect(await recovered(request, shown)).toEqual([]);
      }),
      { numRuns: 16, seed: 144 },
    );
  }, 300_000);

  it('laid side by side give hidden counts away, where each is protected by itself', async () => {
    const given: string[] = [];
    for (const request of fc.sample(years, { numRuns: 8, seed: 144 })) {
      const { shown } = await published(request, false);
      given.push(...(await recovered(request, shown)));
    }
    expect(given.length).toBeGreaterThan(0);
  }, 300_000);
});

describe('what was hidden before', () => {
  const request: FamilyRequest = {
    time: [leaf('Jan')],
    geography: [{ key: 'all', children: places.map(leaf) }],
    measures: ['contacts'],
    count: (_measure, _month, place) => ({ north: 3, south: 8, east: 20 })[place] ?? 0,
  };
  const hiddenIn = async (more: Partial<FamilyRequest>): Promise<readonly string[]> => {
    const family = await protectFamily({ ...request, ...more });
    return cellsOf(request).flatMap((cell) => (family.cell(...cell).shown ? [] : [cell[2]]));
  };

  it('stays hidden, and what another cell needs is hidden beside it', async () => {
    expect(await hiddenIn({})).toEqual(['north', 'south']);
    const alreadyHidden: CellChoice = (_measure, _month, place) => place === 'east';
    expect(await hiddenIn({ alreadyHidden })).toEqual(['north', 'east']);
  });

  it('is not protected any more where everybody knows it already', async () => {
    const alreadyKnown: CellChoice = (_measure, _month, place) => place === 'north';
    expect(await hiddenIn({ alreadyKnown })).toEqual(['north']);
    const { exposed } = await protectFamily({ ...request, alreadyKnown });
    expect(exposed).toEqual([]);
  });
});
