import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { readingAlarmEvents } from './reading-alarm.events.js';

describe('the events of a reading alarm', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(readingAlarmEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
