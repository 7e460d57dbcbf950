import { list, text, type LoggedEvent } from '../evidence.js';
import type { Row, View } from './view.js';

/** A contact counts once in all, and once for each of its codes; without a code it counts as not stated. */
function measuresOf({ data }: LoggedEvent): readonly string[] {
  const coded = (typology: string, codes: readonly string[]): readonly string[] =>
    (codes.length === 0 ? ['not_stated'] : [...new Set(codes)]).map((code) => `${typology}/${code}`);
  return ['contacts', ...coded('matter', list(data, 'matters')), ...coded('behaviour', list(data, 'behaviours'))];
}

/** The true totals from which every table of reporting is made, before small cells are hidden. */
const totals: View = {
  service: 'reporting',
  table: 'contact_counts',
  key: ['month', 'country', 'subdivision', 'measure'],
  fold: (log) => {
    const counts = new Map<string, number>();
    for (const event of log.filter(({ type }) => type === 'FactReceived')) {
      const place = [text(event.data, 'month'), text(event.data, 'country'), text(event.data, 'subdivision')];
      for (const measure of measuresOf(event)) {
        const cell = [...place, measure].join('\t');
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
    }
    return [...counts].map(([cell, contacts]): Row => {
      const [month = '', country = '', subdivision = '', measure = ''] = cell.split('\t');
      return { month, country, subdivision, measure, contacts: String(contacts) };
    });
  },
};

export const reportingViews: readonly View[] = [totals];
