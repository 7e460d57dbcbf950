import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { factEvents } from './fact.js';

describe('the events of reporting', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(factEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
