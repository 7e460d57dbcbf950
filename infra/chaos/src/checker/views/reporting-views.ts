import { aggregatesOf, list, text, type LoggedEvent } from '../evidence.js';
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

/** How a contact was answered, by the last that was told of it. */
const firstResponses: View = {
  service: 'reporting',
  table: 'first_responses',
  key: ['fact_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'response_fact')].map(([fact, events]): Row => {
      const awaited = events.find(({ type }) => type === 'ResponseAwaited')?.data;
      const counted = events.findLast(({ type }) => type === 'ResponseCounted')?.data;
      const measurable = text(awaited, 'measurable');
      const band = text(counted, 'band');
      const answer = counted ? band : 'unanswered';
      return {
        ...{ fact_id: fact, month: text(awaited, 'month'), channel: text(awaited, 'channel'), measurable },
        answer: measurable === 'true' && answer !== '' ? answer : 'imprecise',
      };
    }),
};

const referralResults: View = {
  service: 'reporting',
  table: 'referral_results',
  key: ['fact_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'referral_fact')].flatMap(([fact, events]): Row[] => {
      const sent = events.find(({ type }) => type === 'ReferralCounted')?.data;
      const result = text(events.findLast(({ type }) => type === 'ReferralResultCounted')?.data, 'result');
      if (!sent) return [];
      return [
        {
          ...{ fact_id: fact, month: text(sent, 'month'), unit: text(sent, 'unit'), service: text(sent, 'service') },
          result: result === '' ? 'under_way' : result,
        },
      ];
    }),
};

/** Only how a month ended for a case; how often it was opened and closed on the way follows the same facts. */
const caseMonths: View = {
  service: 'reporting',
  table: 'case_months',
  key: ['fact_id', 'month'],
  fold: (log) =>
    [...aggregatesOf(log, 'case_fact')].flatMap(([fact, events]): Row[] => {
      const months = new Map<string, string>();
      let now = '';
      for (const { data } of events) {
        now = now > text(data, 'month') ? now : text(data, 'month');
        months.set(now, text(data, 'stage'));
      }
      return [...months].map(([month, stage]) => ({ fact_id: fact, month, stage }));
    }),
};

export const reportingViews: readonly View[] = [totals, firstResponses, referralResults, caseMonths];
