import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { consentEvents } from './consent-record.events.js';

describe('the events of a consent record', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(consentEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
