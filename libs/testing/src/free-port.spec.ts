import { expect, it } from '@jest/globals';
import { freePort, freePorts } from './free-port.js';

it('free ports differ from each other', async () => {
  expect(new Set(await freePorts(20)).size).toBe(20);
});

it('a free port is told to one who asks only, though nobody listens on it yet', async () => {
  const told: number[] = [];
  for (let asked = 0; asked < 200; asked += 1) told.push(await freePort());
  expect(new Set(told).size).toBe(200);
});
