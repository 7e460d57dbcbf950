import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { processEvents } from './process.events.js';

describe('the events of a process', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(processEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
