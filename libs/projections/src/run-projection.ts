import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { EventStore, RecordedEvent } from '@waymark/event-store';
import { applyPage, CannotApply, reasonOf } from './apply-page.js';
import { moveCheckpoint, readCheckpoint, type Standing } from './checkpoint.js';
import type { OpenedEvent, Projection } from './projection.js';
import { Waiters } from './waiters.js';

export interface ProjectionStatus {
  readonly name: string;
  readonly position: bigint;
  /** Absent once it has shown everything that was in the log when it was started. */
  readonly catchingUp?: true;
  readonly stoppedBecause?: string;
}

export interface RunningProjection {
  readonly name: string;
  /** Resolves true once everything up to `position` is visible in the read model, false when the time is over. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  status(): ProjectionStatus;
  stop(): Promise<void>;
}

export interface ProjectionOptions {
  readonly projection: Projection;
  readonly store: EventStore;
  readonly dataSource: DataSource;
  readonly open: (event: RecordedEvent) => Promise<OpenedEvent>;
  readonly log: { error(details: object, message: string): void };
  readonly batchSize?: number;
  /** How often a checkpoint is written that moved over events of other categories only (default 5 s). */
  readonly storeEveryMs?: number;
}

/** In a burst, how long a page may fill before it is read, unless somebody waits for what is in it. */
const restInBurstMs = 100;

/**
 * Keeps one read model up to date until stopped. Writes and checkpoint commit together; several instances of a service may run
 * the same projection, the row lock on the checkpoint lets each batch through once. An event that cannot be applied stops the
 * projection there, with position and reason in its checkpoint row, and is tried again every few seconds: nothing is skipped.
 */
export function runProjection(options: ProjectionOptions): RunningProjection {
  const running = new Follower(options);
  const done = running.run();
  return {
    name: options.projection.name,
    status: () => running.status(),
    waitFor: (target, timeoutMs) => running.waiters.wait(() => running.standing.seen >= target, timeoutMs),
    stop: async () => {
      running.stopping.abort();
      await done;
    },
  };
}

class Follower {
  readonly stopping = new AbortController();
  readonly waiters = new Waiters();
  standing: Standing = { stored: 0n, seen: 0n };
  private readonly startedAt = Date.now();
  private storedAt = 0;
  private catchingUp = true;
  private stoppedBecause: string | undefined;
  private stoppedAtEvent = false;

  constructor(private readonly options: ProjectionOptions) {}

  status(): ProjectionStatus {
    return {
      name: this.options.projection.name,
      position: this.standing.seen,
      ...(this.catchingUp ? { catchingUp: true } : {}),
      ...(this.stoppedBecause === undefined ? {} : { stoppedBecause: this.stoppedBecause }),
    };
  }

  async run(): Promise<void> {
    const { projection, log } = this.options;
    while (!this.stopping.signal.aborted) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.stoppedBecause = reasonOf(error);
        this.stoppedAtEvent = error instanceof CannotApply;
        log.error(
          { projection: projection.name, position: String(this.standing.seen), err: error },
          'projection stopped, trying again',
        );
        await pause(1000, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    await this.store().catch(() => undefined);
  }

  /** Until stopped, or until the checkpoint turns out to stand elsewhere. */
  private async follow(): Promise<void> {
    const { projection, store, dataSource, batchSize } = this.options;
    const checkpoint = await readCheckpoint(dataSource, projection);
    this.storedAt = performance.now();
    const { stored, seen } = this.standing;
    const known = stored <= checkpoint && checkpoint <= seen;
    this.moveTo({ stored: checkpoint, seen: known ? seen : checkpoint });
    if (!this.stoppedAtEvent) this.stoppedBecause = undefined;
    await this.lookWhetherCaughtUp();
    const pages = store.subscribe({
      after: this.standing.seen,
      categories: projection.categories,
      signal: this.stopping.signal,
      batchSize: batchSize ?? 500,
    });
    for await (const page of pages) {
      if (page.events.length > 0) {
        if (!(await applyPage(this.options, this.standing, page))) return;
        this.storedAt = performance.now();
        this.moveTo({ stored: page.position, seen: page.position });
        await this.lookWhetherCaughtUp();
      } else {
        this.moveTo({ stored: this.standing.stored, seen: page.position });
        if (performance.now() - this.storedAt > (this.options.storeEveryMs ?? 5_000) && !(await this.store())) return;
      }
      if (page.events.length < (batchSize ?? 500)) await this.rest();
    }
  }

  private moveTo(next: Standing): void {
    if (next.seen > this.standing.seen) this.stoppedBecause = undefined;
    this.standing = next;
    this.waiters.look();
  }

  /** A checkpoint that lags over events of no interest costs a crash no more than reading on over them. */
  private async store(): Promise<boolean> {
    const { stored, seen } = this.standing;
    if (stored === seen) return true;
    const moved = await moveCheckpoint(this.options.dataSource.manager, this.options.projection, this.standing, seen);
    this.storedAt = performance.now();
    if (moved) this.standing = { stored: seen, seen };
    return moved;
  }

  /** What was recorded after the start is not waited for: under a constant stream a view is always a little behind. */
  private async lookWhetherCaughtUp(): Promise<void> {
    if (!this.catchingUp) return;
    const { store, projection } = this.options;
    const { events } = await store.readAll({
      after: this.standing.seen,
      categories: projection.categories,
      limit: 1,
    });
    const next = events[0];
    this.catchingUp = next !== undefined && Date.parse(next.recordedAt) < this.startedAt;
  }

  private async rest(): Promise<void> {
    if (this.catchingUp) return;
    await this.waiters.quiet(restInBurstMs, this.stopping.signal);
  }
}
