import { responseBands, type ResponseBand } from '@waymark/contracts';
import type { CrossColumns, CrossRow } from './cross-tables.js';

/** What a contact counts as in the figures of the first response. */
export const answers = ['within_24_hours', 'late', 'unanswered', 'imprecise'] as const;
export type Answer = (typeof answers)[number];

const bandsIn24Hours: readonly ResponseBand[] = ['within_1_hour', 'within_4_hours', 'within_24_hours'];
export const answerOfBand = (band: ResponseBand): Answer =>
  bandsIn24Hours.includes(band) ? 'within_24_hours' : 'late';

/** All that a contact may count as, and how the answered ones are told by bands. */
export const answerColumns: CrossColumns = {
  columns: answers,
  splits: Object.fromEntries(
    answers.map((answer) => [answer, responseBands.filter((band) => answerOfBand(band) === answer)]),
  ),
};

const bandOf = (answer: string): ResponseBand | undefined => responseBands.find((band) => band === answer);

export interface AnswerCount {
  readonly month: string;
  readonly channel: string;
  /** A band, `unanswered` or `imprecise`. */
  readonly answer: string;
  readonly contacts: number;
}

export function crossRowOf({ month, channel, answer, contacts }: AnswerCount): CrossRow {
  const band = bandOf(answer);
  const column = band ? answerOfBand(band) : answer;
  return { month, row: channel, column, ...(band ? { part: band } : {}), count: contacts };
}

type Shown = number | undefined;

/** The share of contacts answered within 24 hours among those of which it can be said, from shown counts alone. */
export function shareWithin24Hours(cell: (answer: Answer | 'contacts') => Shown): number | undefined {
  const [within, late, unanswered] = [cell('within_24_hours'), cell('late'), cell('unanswered')];
  const [contacts, imprecise] = [cell('contacts'), cell('imprecise')];
  if (within === undefined) return undefined;
  const others = late === undefined || unanswered === undefined ? undefined : late + unanswered;
  const measured = contacts === undefined || imprecise === undefined ? undefined : contacts - imprecise;
  const all = others === undefined ? measured : within + others;
  return all === undefined ? undefined : Math.round((1000 * within) / all) / 1000;
}

/** The band in which the median of the answered contacts lies, where shown counts alone tell it. */
export function medianBand(answered: Shown, bands: (band: ResponseBand) => Shown): ResponseBand | undefined {
  if (answered === undefined || answered === 0) return undefined;
  const half = answered / 2;
  return reaching(responseBands, (sum) => sum >= half) ?? reaching(responseBands.toReversed(), (sum) => sum > half);

  function reaching(order: readonly ResponseBand[], isEnough: (sum: number) => boolean): ResponseBand | undefined {
    let sum = 0;
    for (const band of order) {
      const count = bands(band);
      if (count === undefined) return undefined;
      sum += count;
      if (isEnough(sum)) return band;
    }
    return undefined;
  }
}
