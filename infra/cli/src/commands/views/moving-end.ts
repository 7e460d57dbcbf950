import type { EventStore } from '@waymark/event-store';

/**
 * Where the log ends for a view, which moves while others append. Asked of the log each time that somebody wants to know how far there is
 * to go, one question at a time; until it answers, what was known before counts.
 */
export class MovingEnd {
  private asking: Promise<void> | undefined;

  constructor(
    private readonly store: Pick<EventStore, 'newest'>,
    private readonly categories: readonly string[],
    private end: bigint,
  ) {}

  /** Which part of the way is done at this position: 0 to 1. */
  partAt(position: bigint): number {
    if (position > this.end) this.end = position;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.end === 0n ? 1 : Number(position) / Number(this.end);
  }

  /** Where a log that cannot be asked ends is known when it can be. */
  private async ask(): Promise<void> {
    const { end: after, categories } = this;
    const newest = await this.store.newest({ after, categories }).catch(() => after);
    if (newest > this.end) this.end = newest;
  }
}
