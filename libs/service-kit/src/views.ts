import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '@waymark/event-store';
import type { RunningProjection } from '@waymark/projections';
import { Degraded, NotReady } from './health.js';
import { oneAtATime } from './one-at-a-time.js';
import { Problem } from './problem.js';

/** After a start, readiness waits so long for views that are catching up, and no longer: commands do not need them. */
const patienceMs = 120_000;

/**
 * The read models of a service, so that queries can wait until those that they read show what a caller has just been told. `Name` are
 * the views that the service has: no query can wait for another.
 */
export class Views<Name extends string> {
  private running: readonly RunningProjection[] = [];
  private newest: EventStore['newest'] = () => Promise.resolve(0n);
  /** By the views that are waited for. */
  private readonly questions = new Map<string, () => Promise<bigint>>();
  private followedAt = 0;

  /** Called once the projections run; `newest` is that of the log they follow. */
  follow(running: readonly RunningProjection[], newest: EventStore['newest']): void {
    this.running = running;
    this.newest = newest;
    this.followedAt = performance.now();
  }

  /** Resolves once queries find the tables of all views, or when patience is over. */
  async serving(): Promise<void> {
    const waiting = new AbortController();
    const late = pause(patienceMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([late, Promise.all(this.running.map(({ serving }) => serving))]);
    waiting.abort();
  }

  /** Throws `NotReady` when one does not yet show what was in the log at the start, `Degraded` when one has stopped. */
  demandReady(): void {
    const behind = this.status().filter(({ catchingUp, stoppedBecause }) => catchingUp && stoppedBecause === undefined);
    if (behind.length > 0 && performance.now() - this.followedAt < patienceMs)
      throw new NotReady(`${behind.map(({ name }) => name).join(', ')} still catching up with the log`);
    const stopped = this.status().find(({ stoppedBecause }) => stoppedBecause !== undefined);
    if (stopped) throw new Degraded(`${stopped.name} has stopped`);
  }

  /**
   * Waits until these views, which are all that the caller reads, show everything that was acknowledged before, whichever process wrote
   * it, and everything up to `after` (a `Waymark-Position`). 503 when they do not catch up within ten seconds, and at once when one of
   * them has stopped. For a position behind the end of the log, which nobody was ever told, nobody waits.
   */
  async caughtUp(names: readonly Name[], after?: string): Promise<void> {
    const position = positionIn(after);
    const read = this.named(names);
    if (read.length === 0) return;
    if (read.some((projection) => projection.status().stoppedAtEvent)) throw viewBehind();
    const newest = await this.newestFor(read);
    const target = position > newest && position <= (await this.end()) ? position : newest;
    const reached = await Promise.all(read.map((projection) => projection.waitFor(target, 10_000)));
    if (reached.includes(false)) throw viewBehind();
  }

  /** What all of these show. */
  shownBy(names: readonly Name[]): bigint {
    const [first = 0n, ...others] = this.named(names).map((projection) => projection.status().position);
    return others.reduce((least, position) => (position < least ? position : least), first);
  }

  /** What the most advanced of all shows: up to here the log is known. */
  furthest(): bigint {
    return this.status().reduce((most, { position }) => (position > most ? position : most), 0n);
  }

  private named(names: readonly Name[]): readonly RunningProjection[] {
    const wanted = new Set<string>(names);
    return this.running.filter(({ name }) => wanted.has(name));
  }

  /**
   * Where the log ends for them, which is asked from where the most advanced view is: what lies before that they have to show as well,
   * and one that is far behind does not have all of it read.
   */
  private newestFor(read: readonly RunningProjection[]): Promise<bigint> {
    const key = read.map(({ name }) => name).join();
    const categories = [...new Set(read.flatMap((projection) => projection.categories))];
    const ask = this.questions.get(key) ?? oneAtATime(async () => this.newest({ after: this.furthest(), categories }));
    this.questions.set(key, ask);
    return ask();
  }

  /** Where the log ends, whoever writes there. */
  private end(): Promise<bigint> {
    return this.newest({ after: this.furthest() });
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

function positionIn(header: string | undefined): bigint {
  if (header === undefined) return 0n;
  if (/^\d{1,18}$/.test(header)) return BigInt(header);
  throw new Problem(400, 'waymark_position_malformed', 'Waymark-Position takes that of an earlier answer, unchanged.', [
    { field: 'Waymark-Position', rule: 'pattern', message: 'digits, 18 at most' },
  ]);
}

const viewBehind = (): Problem =>
  new Problem(503, 'view_behind', 'The list does not show the newest changes yet. Try again.', undefined, {
    'retry-after': '2',
  });
