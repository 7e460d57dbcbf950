import { describe, expect, it } from '@jest/globals';
import type { FamilyRequest } from './family.js';
import { recoverByBounds } from './fixtures/bounds.fixture.js';
import { recoverByElimination } from './fixtures/elimination.fixture.js';
import { rangesByProgramming } from './fixtures/programming.fixture.js';
import { writeDown, type PublishedTables } from './fixtures/published-tables.fixture.js';
import { carelessTablesOf, cellsOf, tablesOf } from './fixtures/tables-of.fixture.js';
import { protectFamily, type ProtectedFamily } from './protect-family.js';

const quarter = [{ key: 'Q1', children: [{ key: 'Jan' }, { key: 'Feb' }, { key: 'Mar' }] }];

/** One measure; a row of numbers per place, one number per month of the first quarter. */
function contacts(rows: Readonly<Record<string, readonly number[]>>): FamilyRequest {
  return several({ contacts: rows });
}

function several(tables: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>): FamilyRequest {
  const places = Object.keys(Object.values(tables)[0] ?? {});
  return {
    time: quarter,
    geography: [{ key: 'all', children: places.map((key) => ({ key })) }],
    measures: Object.keys(tables),
    count: (measure, month, place) => tables[measure]?.[place]?.[['Jan', 'Feb', 'Mar'].indexOf(month)] ?? 0,
  };
}

async function recovered(tables: PublishedTables): Promise<readonly string[]> {
  const unknowns = writeDown(tables);
  const ranges = await rangesByProgramming(unknowns, {
    wholeNumbers: true,
    enough: (_name, { least, greatest }) => least < greatest,
  });
  return [
    ...recoverByElimination(unknowns).keys(),
    ...recoverByBounds(unknowns).keys(),
    ...[...ranges].filter(([, { least, greatest }]) => least >= greatest).map(([name]) => name),
  ];
}

function hiddenIn(request: FamilyRequest, family: ProtectedFamily): readonly string[] {
  return cellsOf(request)
    .filter((cell) => !family.cell(...cell).shown)
    .map((cell) => cell.slice(1).join(' '));
}

describe('counts under the threshold', () => {
  it('are not shown, zero included, and say nothing but that', async () => {
    const family = await protectFamily(contacts({ north: [4, 0, 30], south: [50, 60, 70], west: [20, 20, 20] }));
    expect(family.cell('contacts', 'Jan', 'north')).toEqual({ shown: false });
    expect(family.cell('contacts', 'Feb', 'north')).toEqual({ shown: false });
  });

  it('are shown from the threshold on', async () => {
    const family = await protectFamily(contacts({ north: [5, 6, 7], south: [50, 60, 70] }));
    expect(family.cell('contacts', 'Jan', 'north')).toEqual({ shown: true, value: 5 });
    expect(family.cell('contacts', 'Q1', 'all')).toEqual({ shown: true, value: 198 });
  });

  it('follow the threshold that is asked for', async () => {
    const request = contacts({ north: [5, 6, 17], south: [50, 60, 70], west: [20, 20, 20] });
    const family = await protectFamily({ ...request, threshold: 10 });
    expect(family.threshold).toBe(10);
    expect(family.cell('contacts', 'Feb', 'north').shown).toBe(false);
    expect(family.cell('contacts', 'Mar', 'north').shown).toBe(true);
  });

  it('hide everything where there is hardly anything, the grand total included', async () => {
    const request = contacts({ north: [1, 0, 0], south: [0, 2, 1] });
    expect(hiddenIn(request, await protectFamily(request))).toHaveLength(12);
  });
});

describe('what other cells of the same tables would give away', () => {
  const traps: Readonly<Record<string, FamilyRequest>> = {
    'a single small cell in its row': contacts({ north: [3, 20, 30], south: [50, 60, 70], west: [20, 20, 20] }),
    'two small cells whose sum is zero': contacts({ north: [0, 0, 30], south: [50, 60, 70], west: [20, 20, 20] }),
    'two small cells whose sum is as large as it can be': contacts({ north: [4, 4, 9], south: [50, 60, 70] }),
    'a total that equals a shown cell': contacts({ north: [5, 0, 0], south: [50, 60, 70], west: [9, 9, 9] }),
    'a quarter minus its two shown months': contacts({ north: [8, 9, 2], south: [50, 60, 70] }),
    'a small quarter between shown others': contacts({ north: [1, 1, 1], south: [50, 60, 70], west: [20, 20, 20] }),
    'a place not stated that is the rest of the country': contacts({ north: [10, 9, 8], 'not stated': [1, 0, 2] }),
    'a place without a single contact': contacts({ north: [0, 0, 0], south: [50, 60, 70], west: [20, 20, 20] }),
    'all contacts in one cell': contacts({ north: [0, 0, 0], south: [0, 70, 0], west: [0, 0, 0] }),
    'a total just at the threshold': contacts({ north: [1, 1, 1], south: [1, 1, 0] }),
  };

  it.each(Object.entries(traps))('is not computable: %s', async (_name, request) => {
    expect(await recovered(tablesOf(request, await protectFamily(request)))).toEqual([]);
  });

  it('would be computable in most of these tables if only small counts were left out', async () => {
    const careless = await Promise.all(
      Object.values(traps).map(async (request) => (await recovered(carelessTablesOf(request, 5))).length),
    );
    expect(careless.filter((count) => count > 0).length).toBeGreaterThanOrEqual(8);
  });

  it('is not hidden at the price of totals while inner cells will do', async () => {
    const request = contacts({ north: [3, 20, 30], south: [50, 60, 70], west: [20, 20, 20] });
    const hidden = hiddenIn(request, await protectFamily(request));
    expect(hidden).toHaveLength(4);
    expect(hidden.filter((cell) => cell.includes('Q1') || cell.includes('all'))).toEqual([]);
  });

  it('is protected through a country that is the only one', async () => {
    const request: FamilyRequest = {
      ...contacts({ north: [3, 20, 30], south: [50, 60, 70] }),
      geography: [{ key: 'all', children: [{ key: 'AR', children: [{ key: 'north' }, { key: 'south' }] }] }],
    };
    expect(await recovered(tablesOf(request, await protectFamily(request)))).toEqual([]);
  });
});

describe('what one measure tells about another', () => {
  const everywhere = { north: [30, 40, 50], south: [50, 60, 70], west: [20, 20, 20] };
  const covers = [{ whole: 'contacts', parts: ['threat', 'exclusion'] }];

  it('leaves no count of a code computable from all contacts', async () => {
    const request: FamilyRequest = {
      ...several({
        contacts: { north: [6, 2, 9], south: [7, 8, 9], west: [8, 1, 5] },
        threat: { north: [6, 2, 9], south: [7, 8, 8], west: [8, 1, 4] },
        exclusion: { north: [0, 2, 1], south: [0, 0, 3], west: [0, 0, 5] },
      }),
      covers,
    };
    expect(await recovered(tablesOf(request, await protectFamily(request)))).toEqual([]);
  });

  it('does not hide a code that every contact has', async () => {
    const request: FamilyRequest = {
      ...several({ contacts: everywhere, threat: everywhere, exclusion: everywhere }),
      covers,
    };
    expect(hiddenIn(request, await protectFamily(request))).toEqual([]);
  });

  it('is refused where a contact has no code or a code has more contacts than there are', async () => {
    const less = { north: [30, 40, 49], south: [50, 60, 70], west: [20, 20, 20] };
    const nothing = { north: [0, 0, 0], south: [0, 0, 0], west: [0, 0, 0] };
    const uncovered = { ...several({ contacts: everywhere, threat: less, exclusion: nothing }), covers };
    const exceeding = { ...several({ contacts: less, threat: everywhere, exclusion: nothing }), covers };
    await expect(protectFamily(uncovered)).rejects.toThrow(RangeError);
    await expect(protectFamily(exceeding)).rejects.toThrow(RangeError);
  });
});

describe('what was shown before', () => {
  const rows = { north: [8, 9, 2], south: [50, 60, 70], west: [20, 20, 20] };
  const quarterly = contacts(rows);
  const months: FamilyRequest = { ...quarterly, time: [{ key: 'Jan' }, { key: 'Feb' }] };

  it('stays shown, and nothing follows from the earlier and the later tables together', async () => {
    const earlier = await protectFamily(months);
    const known = (measure: string, period: string, place: string): boolean =>
      ['Jan', 'Feb'].includes(period) && earlier.cell(measure, period, place).shown;
    const later = await protectFamily({ ...quarterly, alreadyShown: known });
    expect(known('contacts', 'Jan', 'north')).toBe(true);
    expect(later.cell('contacts', 'Jan', 'north')).toEqual({ shown: true, value: 8 });
    expect(later.exposed).toEqual([]);
    expect(await recovered(tablesOf(quarterly, later))).toEqual([]);
  });

  it('is reported where it gives a cell away whatever is hidden now', async () => {
    const shown = (_measure: string, period: string, place: string): boolean => place === 'north' && period !== 'Mar';
    const family = await protectFamily({ ...quarterly, alreadyShown: shown });
    expect(family.exposed).toEqual([{ measure: 'contacts', period: 'Mar', geography: 'north' }]);
  });
});

describe('a request that cannot be answered', () => {
  const request = contacts({ north: [8, 9, 2] });

  it.each<[string, Partial<FamilyRequest>]>([
    ['a count that is none', { count: () => -1 }],
    ['half a contact', { count: () => 0.5 }],
    ['a threshold of nothing', { threshold: 0 }],
    ['a period twice', { time: [{ key: 'Jan' }, { key: 'Jan' }] }],
    ['a measure twice', { measures: ['contacts', 'contacts'] }],
    ['an unknown measure in a cover', { covers: [{ whole: 'contacts', parts: ['rumours'] }] }],
  ])('is refused: %s', async (_name, change) => {
    await expect(protectFamily({ ...request, ...change })).rejects.toThrow(RangeError);
  });

  it('is refused cell by cell', async () => {
    const family = await protectFamily(request);
    expect(() => family.cell('contacts', 'April', 'north')).toThrow(RangeError);
    expect(() => family.cell('rumours', 'Jan', 'north')).toThrow(RangeError);
  });
});
