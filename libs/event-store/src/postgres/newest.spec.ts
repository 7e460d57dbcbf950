import { describe, expect, it } from '@jest/globals';
import type { Connections } from './connections.js';
import { newestOf } from './newest.js';

describe('the newest event of a log', () => {
  it('is not looked for without end in a log that grows as fast as it is read', async () => {
    let position = 0;
    const state = JSON.stringify({ blocked: false, fence: null, waitingFor: [] });
    const growing: Pick<Connections, 'query'> = {
      query: async () => {
        // So that time passes for whoever waits.
        await new Promise((resolve) => setTimeout(resolve, 1));
        const page = Array.from({ length: 1_000 }, () => ({ position: String((position += 1)), state: null }));
        return JSON.parse(JSON.stringify([...page, { position: String(position), state }]));
      },
    };
    await expect(newestOf(growing, 7n, null, 50)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('after position 7'),
    });
  });
});
