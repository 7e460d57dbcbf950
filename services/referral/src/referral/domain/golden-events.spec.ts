import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { referralEvents } from './referral.events.js';

describe('the events of a referral', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(referralEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
