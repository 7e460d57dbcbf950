import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { caseFactEvents } from './case-fact.js';
import { factEvents } from './fact.js';
import { referralFactEvents } from './referral-fact.js';
import { responseFactEvents } from './response-fact.js';

const events = { ...factEvents, ...responseFactEvents, ...referralFactEvents, ...caseFactEvents };

describe('the events of reporting', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(events, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
