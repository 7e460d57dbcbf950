import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProjection } from '@waymark/projections';
import { NotReady } from './health.js';
import { Problem } from './problem.js';

/** After a start, readiness waits so long for views that are catching up, and no longer: commands do not need them. */
const patienceMs = 120_000;

/** The read models of a service, so that queries can wait until they show what a caller has just been told. */
export class Views {
  private running: readonly RunningProjection[] = [];
  private written = 0n;
  private followedAt = 0;

  /** Called once the projections run. */
  follow(running: readonly RunningProjection[]): void {
    this.running = running;
    this.followedAt = performance.now();
  }

  /** Resolves once queries find the tables of all views, or when patience is over. */
  async serving(): Promise<void> {
    const waiting = new AbortController();
    const late = pause(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([late, Promise.all(this.running.map(({ serving }) => serving))]);
    waiting.abort();
  }

  /** Throws `NotReady` when one has stopped, or does not yet show what was in the log at the start. */
  demandReady(): void {
    const stopped = this.status().find(({ stoppedBecause }) => stoppedBecause !== undefined);
    if (stopped) throw new NotReady(`${stopped.name} has stopped`);
    const behind = this.status().filter(({ catchingUp }) => catchingUp);
    if (behind.length > 0 && performance.now() - this.followedAt < patienceMs)
      throw new NotReady(`${behind.map(({ name }) => name).join(', ')} still catching up with the log`);
  }

  /** Called after every append of this process. */
  wrote(position: bigint): void {
    if (position > this.written) this.written = position;
  }

  /**
   * Waits until the views show everything this process has appended, and everything up to `after` (the `Waymark-Position` of an
   * answer of another instance). 503 when they do not catch up within ten seconds.
   */
  async caughtUp(after?: string): Promise<void> {
    const named = after !== undefined && /^\d{1,18}$/.test(after) ? BigInt(after) : 0n;
    const target = named > this.written ? named : this.written;
    const reached = await Promise.all(this.running.map((projection) => projection.waitFor(target, 10_000)));
    if (reached.includes(false))
      throw new Problem(503, 'view_behind', 'The list does not show the newest changes yet. Try again.', undefined, {
        'retry-after': '2',
      });
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((projection) => projection.stop()));
  }

  status() {
    return this.running.map((projection) => projection.status());
  }
}
