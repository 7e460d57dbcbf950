import type { DataSource } from 'typeorm';
import { protectFamily, type ProtectedFamily, type TreeNode } from '@waymark/privacy';
import { notStated } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { calendarOf, periodsIn } from './calendar.js';

export interface YearFamily {
  readonly periods: readonly string[];
  readonly measures: readonly string[];
  /** Every place with its level, the whole first, subdivisions behind their country. */
  readonly places: readonly Place[];
  readonly protectedFamily: ProtectedFamily;
}

export interface Place {
  readonly key: string;
  readonly level: 'all' | 'country' | 'subdivision';
}

interface CountRow {
  readonly month: string;
  readonly country: string;
  readonly subdivision: string;
  readonly measure: string;
  readonly contacts: number;
}

/** All tables of a year, protected together, so that a month's table and its quarter's fit (docs/adr/0008-disclosure-control.md). */
export async function yearFamily(
  dataSource: DataSource,
  year: string,
  now: string,
  threshold: number,
): Promise<YearFamily> {
  const rows = await dataSource.query<CountRow[]>(
    `SELECT month, country, subdivision, measure, contacts FROM contact_counts WHERE month LIKE $1 ORDER BY month, country, subdivision, measure`,
    [`${year}-%`],
  );
  const time = calendarOf(year, new Set(rows.map(({ month }) => month)), now);
  const months = new Set(periodsIn(time));
  const counted = rows.filter(({ month }) => months.has(month));
  const measures = [...new Set(counted.map(({ measure }) => measure))].toSorted();
  const geography = geographyOf(counted);
  const counts = new Map(counted.map((row) => [cellKey(row.measure, row.month, leafOf(row)), row.contacts]));
  const protectedFamily = await protectFamily({
    threshold,
    time,
    geography,
    measures,
    count: (measure, period, place) => counts.get(cellKey(measure, period, place)) ?? 0,
    covers: coversOf(measures),
  });
  return { periods: periodsIn(time), measures, places: placesIn(geography), protectedFamily };
}

const cellKey = (measure: string, period: string, place: string): string => `${measure} ${period} ${place}`;

const leafOf = ({ country, subdivision }: CountRow): string => {
  if (country === '') return notStated;
  return subdivision === '' ? `${country}/${notStated}` : subdivision;
};

function geographyOf(rows: readonly CountRow[]): readonly TreeNode[] {
  const countries = new Map<string, Set<string>>();
  for (const row of rows) {
    const key = row.country === '' ? notStated : row.country;
    const leaves = countries.get(key) ?? new Set<string>();
    if (key !== notStated) leaves.add(leafOf(row));
    countries.set(key, leaves);
  }
  const children = [...countries]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([key, leaves]) => ({
      key,
      children: [...leaves].toSorted().map((leaf) => ({ key: leaf })),
    }));
  return children.length === 0 ? [] : [{ key: 'all', children }];
}

const placesIn = (nodes: readonly TreeNode[], depth = 0): readonly Place[] =>
  nodes.flatMap((node) => [
    { key: node.key, level: (['all', 'country', 'subdivision'] as const)[depth] ?? 'subdivision' },
    ...placesIn(node.children ?? [], depth + 1),
  ]);

/** Every contact has at least one matter and at least one behaviour, "not stated" counting as one. */
const coversOf = (measures: readonly string[]) =>
  ['matter/', 'behaviour/']
    .map((typology) => ({ whole: 'contacts', parts: measures.filter((measure) => measure.startsWith(typology)) }))
    .filter(({ parts }) => parts.length > 0 && measures.includes('contacts'));
