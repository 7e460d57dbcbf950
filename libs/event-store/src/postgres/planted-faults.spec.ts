import { describe, expect, it } from '@jest/globals';
import type { Batch } from './torture/ledger.js';
import { runTorture } from './torture/run-torture.js';
import { faultsOf, judge, type Evidence, type StoredEvent } from './torture/verdict.js';

const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('the check of the torture', () => {
  it(`finds readers that trust the sequence, that only wait a moment, or that wait for strangers, and no other (WAYMARK_TEST_SEED=${seed})`, async () => {
    const planted = ['trusts_the_sequence', 'waits_a_moment', 'waits_for_everybody'] as const;
    const { verdict } = await runTorture({ seed, events: 1_500, crashes: 0, planted, patienceMs: 10_000 });
    const found = verdict.readers.filter((reader) => faultsOf({ ...verdict, readers: [reader] }).length > 0);
    expect(found.map(({ reader }) => reader)).toEqual(planted);
    for (const { skipped } of found) expect(skipped).toBeGreaterThan(0);
  });

  it.each(['append_takes_no_lock', 'read_ignores_holders'] as const)(
    `finds a fault in the log itself: %s (WAYMARK_TEST_SEED=${seed})`,
    async (sabotage) => {
      const { verdict } = await runTorture({ seed, events: 1_000, crashes: 0, sabotage, patienceMs: 5_000 });
      expect(verdict.readers.reduce((sum, { skipped }) => sum + skipped, 0)).toBeGreaterThan(0);
    },
  );

  const stored = (mark: number, number: number, revision: number, changed: Partial<StoredEvent> = {}): StoredEvent => ({
    ...{ id: `${mark}.${number}`, position: BigInt(revision + 1), stream: 'thing-1', category: 'thing' },
    ...{ revision, mark, number, ...changed },
  });
  const batch = (mark: number, count: number, position: bigint, changed: Partial<Batch> = {}): Batch => ({
    ...{ mark, count, position, stream: 'thing-1', fate: 'acknowledged', at: 0, ...changed },
  });
  const sound: Evidence = {
    batches: [batch(0, 2, 2n), batch(1, 1, 3n), batch(2, 1, 0n, { fate: 'refused' })],
    stored: [stored(0, 0, 0), stored(0, 1, 1), stored(1, 0, 2)],
    readings: [{ name: 'reader', seen: ['0.0', '0.1', '1.0'] }],
    brokenChains: [],
  };
  const [first, second, third] = [stored(0, 0, 0), stored(0, 1, 1), stored(1, 0, 2)];
  const faulty: readonly (readonly [string, Partial<Evidence>, readonly string[]])[] = [
    ['nothing where nothing is wrong', {}, []],
    [
      'an acknowledged batch that is not there',
      { batches: [...sound.batches, batch(3, 1, 9n)] },
      ['log: acknowledgedLost 1', 'log: wrongAnswers 1'],
    ],
    [
      'an event stored again under another id',
      { stored: [first, second, third, stored(1, 0, 3, { id: 'again' })] },
      ['log: torn 1', 'log: wrongAnswers 1', 'log: storedTwice 1', 'reader: skipped 1'],
    ],
    [
      'a rolled back event that is there',
      { batches: [batch(0, 2, 2n), batch(1, 1, 3n, { fate: 'refused' })] },
      ['log: refusedStored 1'],
    ],
    [
      'a batch of which a part is there',
      { stored: [first], readings: [], batches: [batch(0, 2, 1n, { fate: 'unknown' })] },
      ['log: torn 1'],
    ],
    [
      'a batch that others have come between',
      { stored: [first, stored(1, 0, 1), stored(0, 1, 2)], readings: [], batches: [batch(0, 2, 3n)] },
      ['log: torn 1'],
    ],
    ['an answer with another position', { batches: [batch(0, 2, 7n)] }, ['log: wrongAnswers 1']],
    ['a hole in a stream', { stored: [first, second, { ...third, revision: 3 }] }, ['log: revisionHoles 1']],
    [
      'positions against the revisions',
      { stored: [first, { ...third, revision: 1 }, { ...second, revision: 0 }], batches: [] },
      ['log: positionsAgainstRevisions 1', 'reader: reordered 1'],
    ],
    ['a chain that does not verify', { brokenChains: ['thing-1'] }, ['log: brokenChains 1']],
    ['a reader that skips', { readings: [{ name: 'reader', seen: ['0.0', '1.0'] }] }, ['reader: skipped 1']],
    [
      'a reader that repeats',
      { readings: [{ name: 'reader', seen: ['0.0', '0.1', '0.1', '1.0'] }] },
      ['reader: repeated 1'],
    ],
    [
      'a reader that reorders',
      { readings: [{ name: 'reader', seen: ['0.1', '0.0', '1.0'] }] },
      ['reader: reordered 1'],
    ],
    [
      'a reader that invents',
      { readings: [{ name: 'reader', seen: ['0.0', '0.1', '1.0', 'ghost'] }] },
      ['reader: invented 1'],
    ],
  ];
  it.each(faulty)('finds %s', (_, changed, faults) => {
    expect(faultsOf(judge({ ...sound, ...changed }))).toEqual(faults);
  });
});
