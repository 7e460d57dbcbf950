import { describe, expect, it } from '@jest/globals';
import { runTorture } from './torture/run-torture.js';
import { faultsOf } from './torture/verdict.js';

const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

// The short version of `npm run torture`.
describe('under rollbacks, lost connections, prepared transactions, a crash and concurrent writers', () => {
  it(`nothing is lost or stored twice, and no reader skips, repeats or reorders an event (WAYMARK_TEST_SEED=${seed})`, async () => {
    const { verdict, stored, injected } = await runTorture({ seed, events: 4_000, crashes: 1 });
    expect(faultsOf(verdict)).toEqual([]);
    expect(stored).toBeGreaterThanOrEqual(4_000);
    expect(injected.get('crashes of the server')).toBe(1);
  });
});
