import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { policyEvents } from './policies-in-force.js';

describe('the events about policies in force', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(policyEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
