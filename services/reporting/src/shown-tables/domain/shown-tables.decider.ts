import type { Decider } from '@waymark/event-sourcing';
import type { Decided, ShownTablesEvent } from './shown-tables.events.js';

/** What holds of the cells of a period since they first left the house. */
export interface PeriodStanding {
  /** Position of the log up to which facts were counted when the period was first decided. */
  readonly countedUpTo: string;
  readonly measures: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
  /** By `standingKey`. */
  readonly shown: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
}

export interface ShownTablesState {
  /** How many events there are: what a decision was made after. */
  readonly decisions: number;
  readonly periods: ReadonlyMap<string, PeriodStanding>;
}

/** Made in the knowledge of so many events; when there are more by now, it decides nothing, and has to be made anew. */
export interface DecideStandings {
  readonly type: 'DecideStandings';
  readonly after: number;
  readonly decided: readonly Decided[];
}

export type Standing = 'shown' | 'hidden' | 'known';

export const standingKey = (measure: string, place: string): string => `${measure} ${place}`;

/** Undefined: the cell has never left the house. */
export function standingOf(
  { periods }: ShownTablesState,
  measure: string,
  period: string,
  place: string,
): Standing | undefined {
  const at = periods.get(period);
  if (!at) return undefined;
  if (at.known.has(place)) return 'known';
  if (!at.measures.has(measure) || !at.places.has(place)) return undefined;
  return at.shown.has(standingKey(measure, place)) ? 'shown' : 'hidden';
}

/** A standing is decided once and holds for ever. */
export const shownTablesDecider: Decider<ShownTablesState, DecideStandings, ShownTablesEvent> = {
  initialState: { decisions: 0, periods: new Map() },
  evolve: (state, { data }) => ({
    decisions: state.decisions + 1,
    periods: new Map(state.periods).set(data.period, withDecided(state.periods.get(data.period), data)),
  }),
  decide: ({ after, decided }, state) =>
    after === state.decisions ? decided.map((data) => ({ type: 'StandingsDecided', data })) : [],
};

function withDecided(before: PeriodStanding | undefined, decided: Decided): PeriodStanding {
  const shown = decided.shown.flatMap(({ measure, places }) => places.map((place) => standingKey(measure, place)));
  return {
    countedUpTo: before?.countedUpTo ?? decided.countedUpTo,
    measures: new Set([...(before?.measures ?? []), ...decided.measures]),
    places: new Set([...(before?.places ?? []), ...decided.places]),
    shown: new Set([...(before?.shown ?? []), ...shown]),
    known: new Set([...(before?.known ?? []), ...decided.known]),
  };
}
