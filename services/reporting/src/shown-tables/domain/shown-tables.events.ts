import { Type } from '@sinclair/typebox';
import { formed } from '@waymark/contracts';
import { declareEvents, type EventOf } from '@waymark/event-sourcing';

const period = formed(/^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$/, '2026-Q1');
const measure = formed(/^(contacts|(matter|behaviour)\/[a-z_]{1,60})$/, 'behaviour/stalking');
const place = formed(/^(all|not_stated|[A-Z]{2}(\/not_stated|-[A-Z0-9]{1,3})?)$/, 'AR-B');

/**
 * Nothing is sealed, and no count is told: which cells of a period may be shown, and that the others may not. Counts of
 * then are those of the facts up to `countedUpTo`.
 */
export const shownTablesEvents = declareEvents({
  StandingsDecided: {
    version: 1,
    data: {
      period,
      /** Position in the log of the last fact that was counted. */
      countedUpTo: formed(/^\d{1,18}$/, '1042'),
      /** All that the tables of the period list from now on: each measure at each place has a standing. */
      measures: Type.Array(measure),
      places: Type.Array(place),
      /** Of the cells that had no standing yet; all others of them are hidden. */
      shown: Type.Array(Type.Object({ measure, places: Type.Array(place) }, { additionalProperties: false })),
      /** Places that the tables did not list before, and of which they told by that that there was nobody. */
      known: Type.Array(place),
    },
    sealed: {},
  },
});

export type ShownTablesEvent = EventOf<typeof shownTablesEvents>;
export type Decided = ShownTablesEvent['data'];
