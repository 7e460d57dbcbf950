import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { concernEvents } from './concern.events.js';

describe('the events of a concern', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(concernEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
