import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { caseEvents } from './case.events.js';

describe('the events of a case', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(caseEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
