import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreError, type Page } from '@waymark/event-store';
import { applyPage, CannotApply, reasonOf } from './apply-page.js';
import { moveCheckpoint, noteCategories, type Standing } from './checkpoint.js';
import { findGeneration, type Generation } from './generation.js';
import { secondsSince, Unseen } from './lag.js';
import { foldedBy } from './fold.js';
import type { ProjectionOptions } from './projection-options.js';
import { putInPlace } from './put-in-place.js';
import type { ProjectionStatus, RunningProjection } from './running-projection.js';
import { once, Waiters } from './waiters.js';

/** As long as somebody waits, how often it is looked whether what he waits for is of any interest here. */
const lookOverEveryMs = 25;

/** In a burst, how long a page may fill before it is read, unless somebody waits for what is in it. */
const restInBurstMs = 100;

/**
 * Keeps one read model up to date until stopped. Writes and checkpoint commit together; several instances of a service may run
 * the same projection, the row lock on the checkpoint lets each batch through once. An event that cannot be applied stops the
 * projection there, with position and reason in its checkpoint row, and is tried again every second: nothing is skipped.
 * A version that is not there yet is built beside the one before and put in its place first.
 */
export function runProjection(options: ProjectionOptions): RunningProjection {
  const running = new Follower(options);
  const done = running.run();
  return {
    name: options.projection.name,
    categories: options.projection.categories,
    serving: running.serving.done,
    status: () => running.status(),
    lag: () => running.lag(),
    waitFor: (target, timeoutMs) => running.waitFor(target, timeoutMs),
    stop: async () => {
      running.stopping.abort();
      await done;
    },
  };
}

class Follower {
  readonly stopping = new AbortController();
  readonly waiters = new Waiters();
  readonly serving = once();
  standing: Standing = { stored: 0n, seen: 0n };
  /** There is nothing to apply between these two. */
  private nothingIn = { after: 0n, upTo: 0n };
  private looking = false;
  private generation: Generation | undefined;
  private readonly startedAt = Date.now();
  private behindSince: number | undefined = Date.now();
  /** Since when a page is being applied. */
  private inHandSince: number | undefined;
  private readonly unseen: Unseen;
  private storedAt = 0;
  private catchingUp = true;
  private stoppedBecause: string | undefined;
  private stoppedAtEvent = false;
  private hasStopped = true;

  constructor(private readonly options: ProjectionOptions) {
    this.unseen = new Unseen(options.store, options.projection.categories);
  }

  status(): ProjectionStatus {
    return {
      name: this.options.projection.name,
      position: this.standing.seen,
      ...(this.catchingUp ? { catchingUp: true } : {}),
      ...(this.stoppedBecause === undefined ? {} : { stoppedBecause: this.stoppedBecause }),
      ...(this.stoppedBecause !== undefined && this.stoppedAtEvent ? { stoppedAtEvent: true } : {}),
      lagSeconds: secondsSince(this.behindSince, this.inHandSince),
    };
  }

  async lag(): Promise<number> {
    const unseen = await this.unseen.find(this.standing.seen);
    return secondsSince(this.behindSince, this.inHandSince, unseen);
  }

  async run(): Promise<void> {
    const { projection, log } = this.options;
    while (!this.stopping.signal.aborted) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (isBeyondLog(error)) this.goBackToStored();
        this.stoppedBecause = reasonOf(error);
        this.stoppedAtEvent = error instanceof CannotApply;
        this.behindSince ??= Date.now();
        log.error(
          { projection: projection.name, position: String(this.standing.seen), err: error },
          'projection stopped, trying again',
        );
        this.hasStopped = true;
        const at = error instanceof CannotApply ? error.position : this.standing.seen;
        await this.options.onStop?.(error, at).catch(() => undefined);
        await pause(1000, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    this.takeWhatWasLookedOver();
    await this.store().catch(() => undefined);
  }

  /** Until stopped, or until the checkpoint turns out to stand elsewhere. */
  private async follow(): Promise<void> {
    const { projection, store, dataSource, batchSize = 500 } = this.options;
    this.generation = await findGeneration(dataSource, projection, 'live');
    if (!this.generation) {
      await putInPlace({ ...this.options, signal: this.stopping.signal }, (position) => this.standIn(position));
      return;
    }
    await noteCategories(dataSource, this.generation, projection.categories);
    const checkpoint = this.generation.position;
    this.serving.resolve();
    this.storedAt = performance.now();
    const { stored, seen } = this.standing;
    const known = stored <= checkpoint && checkpoint <= seen;
    this.moveTo({ stored: checkpoint, seen: known ? seen : checkpoint });
    if (!this.stoppedAtEvent) this.stoppedBecause = undefined;
    await this.lookAhead(this.standing.seen);
    const { categories } = projection;
    const { signal } = this.stopping;
    const pages = store.subscribe({ after: this.standing.seen, categories, signal, batchSize });
    for await (const page of pages) {
      const events = foldedBy(projection, page.events);
      const applies = events.length > 0;
      if (applies && !(await this.apply(this.generation, { ...page, events }))) return;
      if (applies) this.storedAt = performance.now();
      await this.goOn();
      const atTheEnd = page.events.length < batchSize;
      if (this.catchingUp || !atTheEnd) await this.lookAhead(page.position);
      else this.behindSince = undefined;
      this.moveTo({ stored: applies ? page.position : this.standing.stored, seen: page.position });
      // Whoever looks at the row waits for what is in the categories (`dropUnfollowed`), folded or not; for all else it may lag.
      const lags = page.events.length > 0 || performance.now() - this.storedAt > (this.options.storeEveryMs ?? 5_000);
      if (!applies && lags && !(await this.store())) return;
      if (atTheEnd) await this.rest();
    }
  }

  private async goOn(): Promise<void> {
    if (!this.hasStopped) return;
    this.hasStopped = false;
    await this.options.onGoingOn?.().catch(() => undefined);
  }

  private async apply(generation: Generation, page: Page): Promise<boolean> {
    this.inHandSince = Date.now();
    try {
      return await applyPage(this.options, generation, this.standing, page);
    } finally {
      this.inHandSince = undefined;
    }
  }

  /** The version before serves until this one is in place. */
  private standIn(position: bigint): void {
    this.serving.resolve();
    this.moveTo({ stored: position, seen: position });
  }

  private moveTo(next: Standing): void {
    if (next.seen > this.standing.seen) this.stoppedBecause = undefined;
    this.standing = next;
    this.waiters.look();
  }

  /** The log was set back: what was passed over without a note in the database may have been filled anew. */
  private goBackToStored(): void {
    this.standing = { ...this.standing, seen: this.standing.stored };
    this.nothingIn = { after: 0n, upTo: 0n };
  }

  private takeWhatWasLookedOver(): void {
    const { seen } = this.standing;
    const { after, upTo } = this.nothingIn;
    if (after <= seen && upTo > seen) this.standing = { ...this.standing, seen: upTo };
  }

  /** A checkpoint that lags over events of no interest costs a crash no more than reading on over them. */
  private async store(): Promise<boolean> {
    const { stored, seen } = this.standing;
    if (stored === seen || !this.generation) return true;
    const moved = await moveCheckpoint(this.options.dataSource.manager, this.generation, this.standing, seen);
    this.storedAt = performance.now();
    if (moved) this.standing = { stored: seen, seen };
    return moved;
  }

  /** What was recorded after the start is not waited for: under a constant stream a view is always a little behind. */
  private async lookAhead(after: bigint): Promise<void> {
    const { store, projection } = this.options;
    const { events } = await store.readAll({ after, categories: projection.categories, limit: 1 });
    const next = events[0] && Date.parse(events[0].recordedAt);
    this.behindSince = next;
    this.catchingUp = this.catchingUp && next !== undefined && next < this.startedAt;
  }

  waitFor(target: bigint, timeoutMs: number): Promise<boolean> {
    const waiting = this.waiters.wait(() => this.shows(target), timeoutMs);
    if (!this.looking) void this.lookOver().catch(() => undefined);
    return waiting;
  }

  private shows(target: bigint): boolean {
    const { seen } = this.standing;
    return seen >= target || (this.nothingIn.after <= seen && this.nothingIn.upTo >= target);
  }

  /** What is waited for may be of a category that is not followed here: of those the subscription tells only now and then. */
  private async lookOver(): Promise<void> {
    const { store, projection } = this.options;
    this.looking = true;
    try {
      while (this.waiters.some) {
        await pause(lookOverEveryMs, undefined, { signal: this.stopping.signal });
        if (!this.waiters.some) return;
        const { seen: after } = this.standing;
        const { events, position } = await store.readAll({ after, categories: projection.categories, limit: 1 });
        if (events.length === 0) this.nothingIn = { after, upTo: position };
        this.waiters.look();
      }
    } finally {
      this.looking = false;
    }
  }

  private async rest(): Promise<void> {
    if (this.catchingUp) return;
    await this.waiters.quiet(restInBurstMs, this.stopping.signal);
  }
}

const isBeyondLog = (error: unknown): boolean => error instanceof EventStoreError && error.code === 'beyond_log';
