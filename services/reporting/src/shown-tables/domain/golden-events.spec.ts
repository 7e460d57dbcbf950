import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { shownTablesEvents } from './shown-tables.events.js';

describe('the events of what was shown', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(shownTablesEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
