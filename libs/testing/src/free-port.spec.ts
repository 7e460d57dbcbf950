import { expect, it } from '@jest/globals';
import { freePorts } from './free-port.js';

it('free ports differ from each other', async () => {
  expect(new Set(await freePorts(20)).size).toBe(20);
});
