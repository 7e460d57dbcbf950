import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { accessEvents } from './access-log.js';

describe('the events of the access log', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(accessEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
