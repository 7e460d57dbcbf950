import type { TreeNode } from '@waymark/privacy';
import { notStated } from '../fact/projections/contact-counts/contact-counts.projection.js';
import { periodsIn } from './calendar.js';
import { cellKey, type ShownCells, type TablePlan } from './table-plan.js';

/** All tables of a year as they may be shown. */
export interface YearFamily {
  readonly periods: readonly string[];
  readonly measures: readonly string[];
  /** Every place with its level, the whole first, subdivisions behind their country. */
  readonly places: readonly Place[];
  readonly shown: ShownCells;
}

export interface Place {
  readonly key: string;
  readonly level: 'all' | 'country' | 'subdivision';
}

export interface CountRow {
  readonly month: string;
  readonly country: string;
  readonly subdivision: string;
  readonly measure: string;
  readonly contacts: number;
}

/** Everything that the tables of a year follow from. */
export interface YearCounts {
  readonly threshold: number;
  /** The periods that are shown. */
  readonly time: readonly TreeNode[];
  /** All that is listed; counted is what is of the periods. */
  readonly rows: readonly CountRow[];
}

export type YearPlan = Omit<YearFamily, 'shown'> & { readonly plan: TablePlan };

/** All tables of a year, to be protected together, so that a month's table and its quarter's fit (docs/adr/0008-disclosure-control.md). */
export function yearPlan({ threshold, time, rows }: YearCounts): YearPlan {
  const periods = periodsIn(time);
  const months = new Set(periods);
  const counted = rows.filter(({ month }) => months.has(month));
  const measures = [...new Set(rows.map(({ measure }) => measure))].toSorted();
  const geography = geographyOf(rows);
  const counts = new Map<string, number>();
  for (const row of counted) {
    const cell = cellKey(row.measure, row.month, leafOf(row));
    counts.set(cell, (counts.get(cell) ?? 0) + row.contacts);
  }
  const covers = coversOf(measures);
  const plan = { threshold, time, geography, measures, covers, equations: [], counts: [...counts] };
  return { periods, measures, places: placesIn(geography), plan };
}

/** The place that a row counts for. A subdivision without its country, or of another one, tells no place within it. */
export const leafOf = ({ country, subdivision }: CountRow): string => {
  if (country === '') return notStated;
  return subdivision.startsWith(`${country}-`) ? subdivision : `${country}/${notStated}`;
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
