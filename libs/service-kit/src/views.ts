import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProjection } from '@waymark/projections';
import { NotReady } from './health.js';
import { oneAtATime } from './one-at-a-time.js';
import { Problem } from './problem.js';

/** After a start, readiness waits so long for views that are catching up, and no longer: commands do not need them. */
const patienceMs = 120_000;

/** The read models of a service, so that queries can wait until they show what a caller has just been told. */
export class Views {
  private running: readonly RunningProjection[] = [];
  private newest = (): Promise<bigint> => Promise.resolve(0n);
  private followedAt = 0;

  /** Called once the projections run; `newest` tells where the log ends for them, as `EventStore.newest` does. */
  follow(running: readonly RunningProjection[], newest: (after: bigint) => Promise<bigint>): void {
    this.running = running;
    this.newest = oneAtATime(async () => newest(this.shown()));
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

  /**
   * Waits until the views show everything that was acknowledged before, whichever process wrote it, and everything up to `after` (a
   * `Waymark-Position`). 503 when they do not catch up within ten seconds.
   */
  async caughtUp(after?: string): Promise<void> {
    if (this.running.length === 0) return;
    const named = after !== undefined && /^\d{1,18}$/.test(after) ? BigInt(after) : 0n;
    const newest = await this.newest();
    const target = named > newest ? named : newest;
    const reached = await Promise.all(this.running.map((projection) => projection.waitFor(target, 10_000)));
    if (reached.includes(false))
      throw new Problem(503, 'view_behind', 'The list does not show the newest changes yet. Try again.', undefined, {
        'retry-after': '2',
      });
  }

  /** What all of them show. */
  private shown(): bigint {
    const [first = 0n, ...others] = this.status().map(({ position }) => position);
    return others.reduce((least, position) => (position < least ? position : least), first);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((projection) => projection.stop()));
  }

  status() {
    return this.running.map((projection) => projection.status());
  }

  /** How far each is behind the log, in seconds, as it is found now. */
  lags(): Promise<readonly { readonly name: string; readonly seconds: number }[]> {
    return Promise.all(this.running.map(async (each) => ({ name: each.name, seconds: await each.lag() })));
  }
}
