import type { Aggregate } from '@waymark/service-kit';
import { type DecideStandings, shownTablesDecider, type ShownTablesState } from './domain/shown-tables.decider.js';
import { type ShownTablesEvent, shownTablesEvents } from './domain/shown-tables.events.js';

/** `<tables>_<year>`: all tables that are protected together. */
export const shownTablesAggregate: Aggregate<ShownTablesState, DecideStandings, ShownTablesEvent> = {
  category: 'shown_tables',
  events: shownTablesEvents,
  decider: shownTablesDecider,
  subjects: () => ({}),
};
