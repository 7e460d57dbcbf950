import { describe, expect, it } from '@jest/globals';
import { faultsOfGoldenEvents } from '@waymark/testing';
import { erasureEvents } from './erasure-register.js';

describe('the events of a register of erasures', () => {
  it('are read in every version that was ever written, and change in a new version only', async () => {
    expect(await faultsOfGoldenEvents(erasureEvents, `${import.meta.dirname}/golden`)).toEqual([]);
  });
});
