import { describe, expect, it } from '@jest/globals';
import { fold, specify } from '@waymark/event-sourcing';
import { shownTablesDecider, standingOf } from './shown-tables.decider.js';
import type { Decided, ShownTablesEvent } from './shown-tables.events.js';

const context = {
  now: '2026-02-03T00:00:00.000Z',
  actor: { kind: 'service' as const, id: 'reporting', roles: [] },
  newId: (label: string) => label,
  eventIdAt: (index: number) => String(index),
};
const january: Decided = {
  ...{ period: '2026-01', countedUpTo: '42', measures: ['contacts'], places: ['all', 'AR-B', 'AR-C'], known: [] },
  shown: [{ measure: 'contacts', places: ['all'] }],
};
const lateInJanuary: Decided = {
  ...{ period: '2026-01', countedUpTo: '77', measures: ['contacts', 'matter/other'], shown: [], known: ['AR-T'] },
  places: ['all', 'AR-B', 'AR-C', 'AR-S', 'AR-T'],
};
const decidedEvent = (data: Decided): ShownTablesEvent => ({ type: 'StandingsDecided', data });
const given = specify(shownTablesDecider, context).given;

describe('what of the tables has left the house', () => {
  it('is decided by whoever comes first', () => {
    given()
      .when({ type: 'DecideStandings', after: 0, decided: [january] })
      .then(decidedEvent(january));
    given(decidedEvent(january))
      .when({ type: 'DecideStandings', after: 0, decided: [january] })
      .then();
  });

  it('keeps its standing and the counts it was decided on, whatever is decided later', () => {
    const state = fold(shownTablesDecider, [decidedEvent(january), decidedEvent(lateInJanuary)]);
    const standing = (place: string, measure = 'contacts') => standingOf(state, measure, '2026-01', place);
    expect(['all', 'AR-B', 'AR-S', 'AR-T', 'AR-X'].map((place) => standing(place))).toEqual([
      ...['shown', 'hidden', 'hidden', 'known', undefined],
    ]);
    expect([standing('all', 'matter/other'), standing('all', 'matter/fraud')]).toEqual(['hidden', undefined]);
    expect(standingOf(state, 'contacts', '2026-02', 'all')).toBeUndefined();
    expect(state.periods.get('2026-01')?.countedUpTo).toBe('42');
  });
});
