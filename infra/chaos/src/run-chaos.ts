import { setTimeout as pause } from 'node:timers/promises';
import { DemoTokens } from '@waymark/identity';
import { randomFrom } from '@waymark/testing';
import { clusterFaults, drawFaults, groundFaults, processFaults } from './faults/draw.js';
import type { FaultKind, Inflicted } from './faults/fault.js';
import { inflict } from './faults/inflict.js';
import { AccountBook } from './load/account-book.js';
import { startLoad } from './load/generator.js';
import { drain, type Drained } from './drain.js';
import type { Platform } from './platform/platform.js';

export interface ChaosOptions {
  readonly seed: number;
  /** How long load and faults last at least; they go on until each kind of fault has struck. */
  readonly seconds: number;
  /** Matters and contacts that arrive in a second (default 1). */
  readonly perSecond?: number;
  /** Which faults are drawn; all unless given. */
  readonly kinds?: readonly FaultKind[];
  /** Longest pause between two faults of the same kind of target (default 5 s). */
  readonly mostPauseMs?: number;
  /** How long a caller asks again before a command is given up (default 30 s). */
  readonly patienceMs?: number;
  /** How long what has begun is played on at most when nothing new arrives (default 60 s). */
  readonly playOnMs?: number;
  /** How long the platform may take to come to rest when load and faults are over (default 180 s). */
  readonly drainWithinMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface ChaosReport extends Drained {
  readonly seed: number;
  readonly seconds: number;
  readonly timeline: readonly Inflicted[];
  readonly restarts: Readonly<Record<string, number>>;
  readonly book: AccountBook;
}

/**
 * Puts a platform under load and under faults at once, lifts them, lets it come to rest, and has an independent checker look at what
 * is there. The seed decides what is asked and what is done to whom; how the machine interleaves it is different every time.
 */
export async function runChaos(platform: Platform, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, seconds, perSecond = 1, mostPauseMs = 5_000 } = options;
  const tell = options.onProgress ?? (() => undefined);
  const { servers, supervisor, processes, instances } = platform;
  const ground = servers.brokers.length > 2 ? [...groundFaults, ...clusterFaults] : groundFaults;
  const kinds = options.kinds ?? [...processFaults, ...ground];
  const book = new AccountBook();
  const timeline: Inflicted[] = [];
  const begun = performance.now();
  const now = (): number => Math.round((performance.now() - begun) / 100) / 10;
  const over = new AbortController();
  const addresses = { urlsOf: platform.urlsOf, tokens: new DemoTokens(processes.issuer) };
  const load = await startLoad({ seed, addresses, book, perSecond, patienceMs: options.patienceMs ?? 30_000 });
  const inflictOf = (all: readonly FaultKind[], salt: number): Promise<void> => {
    const random = randomFrom(seed + salt);
    const drawn = all.filter((kind) => kinds.includes(kind));
    if (drawn.length === 0) return Promise.resolve();
    const faults = drawFaults(drawn, instances, random);
    return inflict({ platform, faults, random, mostPauseMs, timeline, now, signal: over.signal });
  };
  const faults = Promise.all([inflictOf(processFaults, -1), inflictOf(ground, -2)]);
  const ending = faults.finally(() => over.abort());
  const struck = (kind: FaultKind): boolean => timeline.some(({ fault }) => fault.kind === kind);
  while (!over.signal.aborted && (now() < seconds || !kinds.every(struck))) {
    const left = now() < seconds ? (seconds - now()) * 1_000 : 1_000;
    await pause(Math.min(5_000, left), undefined, { signal: over.signal }).catch(() => undefined);
    tell(
      `${now().toFixed(0)} s: ${book.count('acknowledged')} acknowledged, ${book.count('unknown')} without an answer, ${timeline.length} faults`,
    );
  }
  over.abort();
  try {
    await ending;
    for (const way of Object.values(servers.ways)) await way.heal();
  } finally {
    tell(`the faults are over after ${now().toFixed(0)} s, what has begun is played to its end`);
    await load.stop(options.playOnMs ?? 60_000);
  }
  tell(`the load is over after ${now().toFixed(0)} s, the platform comes to rest`);
  const drained = await drain(platform, book, seed, options.drainWithinMs ?? 180_000, tell);
  return {
    ...drained,
    seed,
    seconds: now(),
    timeline: timeline.toSorted((one, other) => one.from - other.from),
    restarts: Object.fromEntries(supervisor.restarts),
    book,
  };
}
