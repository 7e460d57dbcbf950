import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@waymark/event-store';
import type { ProjectionStatus, RunningProjection } from '@waymark/projections';
import { Views } from './views.js';

type Asked = Parameters<EventStore['newest']>[0];

/** A view that stands still. */
const viewAt = (name: string, position: bigint, more: Partial<ProjectionStatus> = {}): RunningProjection => ({
  ...{ name, categories: [`of_${name}`], serving: Promise.resolve() },
  waitFor: async (target) => position >= target,
  status: () => ({ name, position, lagSeconds: 0, ...more }),
  lag: async () => 0,
  stop: async () => undefined,
});

describe('waiting for views', () => {
  type Name = 'lists' | 'clocks' | 'figures';
  let views: Views<Name>;
  let asked: Asked[];
  const follow = (newest: bigint, ...running: readonly RunningProjection[]) =>
    views.follow(running, async (options) => {
      asked.push(options);
      return newest > options.after ? newest : options.after;
    });
  beforeEach(() => {
    views = new Views();
    asked = [];
  });
  const behind = { status: 503, code: 'view_behind' };
  const stopped = { stoppedBecause: 'no such column', stoppedAtEvent: true } as const;

  it('is over when those that are read show the newest, however far behind the others are', async () => {
    follow(7n, viewAt('lists', 7n), viewAt('clocks', 3n), viewAt('figures', 1n, stopped));
    await views.caughtUp(['lists']);
    await expect(views.caughtUp(['lists', 'clocks'])).rejects.toMatchObject(behind);
  });

  it('ends at once where one that is read has stopped at an event, and the log is not even asked', async () => {
    follow(7n, viewAt('lists', 7n), viewAt('clocks', 3n, stopped));
    await expect(views.caughtUp(['lists', 'clocks'])).rejects.toMatchObject(behind);
    expect(asked).toEqual([]);
  });

  it('goes on where something could not be reached for a moment', async () => {
    follow(7n, viewAt('lists', 7n, { stoppedBecause: 'connection refused' }));
    await views.caughtUp(['lists']);
  });

  it('asks for the newest of what is read, from where the most advanced of all views is', async () => {
    follow(7n, viewAt('lists', 2n), viewAt('clocks', 6n));
    await expect(views.caughtUp(['lists'])).rejects.toMatchObject(behind);
    expect(asked).toEqual([{ after: 6n, categories: ['of_lists'] }]);
  });

  it('waits for what the most advanced view has seen already, though nothing lies behind that', async () => {
    follow(5n, viewAt('lists', 5n), viewAt('clocks', 6n));
    await expect(views.caughtUp(['lists'])).rejects.toMatchObject(behind);
  });

  it('waits for a position that the caller names', async () => {
    follow(5n, viewAt('lists', 6n));
    views.follow([viewAt('lists', 6n)], async ({ after, categories }) => (categories ? 5n : after > 7n ? after : 7n));
    await views.caughtUp(['lists'], '6');
    await expect(views.caughtUp(['lists'], '7')).rejects.toMatchObject(behind);
  });

  it('does not wait for a position behind the end of the log', async () => {
    follow(5n, viewAt('lists', 6n));
    for (const position of ['7', '9'.repeat(18)]) await views.caughtUp(['lists'], position);
  });

  it('refuses what is no position by the name of the header', async () => {
    follow(5n, viewAt('lists', 6n));
    for (const position of ['', 'x', '-1', '1e3', '6, 6', '9'.repeat(19)])
      await expect(views.caughtUp(['lists'], position)).rejects.toMatchObject({
        ...{ status: 400, code: 'waymark_position_malformed', errors: [{ field: 'Waymark-Position' }] },
      });
  });

  it('asks once for all who come at the same time for the same views', async () => {
    follow(5n, viewAt('lists', 6n), viewAt('clocks', 6n));
    await Promise.all(Array.from({ length: 20 }, () => views.caughtUp(['lists'])));
    expect(asked.length).toBeLessThan(3);
  });
});
