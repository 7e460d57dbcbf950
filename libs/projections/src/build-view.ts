import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore, Page, RecordedEvent } from '@waymark/event-store';
import { applyPage, type PageApplier } from './apply-page.js';
import { moveCheckpoint } from './checkpoint.js';
import { beginGeneration } from './create-generation.js';
import type { Generation } from './generation.js';

export interface BuildOptions extends PageApplier {
  readonly store: EventStore;
  /** When it aborts, the build rejects after the write that is under way; the next one goes on from there. */
  readonly signal?: AbortSignal;
  /** No faster than this, so that what is live does not suffer. */
  readonly eventsPerSecond?: number;
  /** Events folded and written at once (default 20,000). */
  readonly batchSize?: number;
  /** After each write: the checkpoint, and how many events this call has folded. */
  readonly onProgress?: (position: bigint, events: number) => void;
}

/** Somebody else has moved the checkpoint of a generation that is being filled, or has put it in place or dropped it. */
export class TakenElsewhere extends Error {
  override readonly name = 'TakenElsewhere';
}

/**
 * Builds a generation of the view beside the live one, up to the end of the log as it is reached: begins one, or goes on with that
 * which an earlier call, whatever became of it, has left. To be called with the builders' lock. Rejects with `CannotApply` at an
 * event that cannot be applied, with position and reason in the generation's row.
 */
export async function buildView(options: BuildOptions): Promise<Generation> {
  const generation = await beginGeneration(options.dataSource, options.projection);
  return { ...generation, position: await fillUp(options, generation) };
}

/** So few positions on, a page has come to the end as it was then. A page may also be short because the store looks no further. */
const nearTheEnd = 100n;
const timesNear = 3;
/** The store looks no further for one page. */
const longestPage = 5_000;
/** A checkpoint is written so often also where nothing is to be folded. */
const farBehind = 500_000n;

/** Folds what a generation lacks, until it has the whole log or is as near its end as appenders let it; answers the position. */
export async function fillUp(options: BuildOptions, generation: Generation): Promise<bigint> {
  const { projection, store, eventsPerSecond = Infinity, onProgress, signal } = options;
  const atOnce = Math.max(1, Math.min(options.batchSize ?? 20_000, eventsPerSecond));
  const limit = Math.min(atOnce, longestPage);
  const read = (after: bigint): Promise<Page> => store.readAll({ after, categories: projection.categories, limit });
  const begun = performance.now();
  let kept = generation.position;
  let seen = kept;
  let held: RecordedEvent[] = [];
  let events = 0;
  let near = 0;
  for (let next = read(seen); ;) {
    const page = await next;
    signal?.throwIfAborted();
    const moved = page.position - seen;
    near = moved < nearTheEnd && page.events.length < limit ? near + 1 : 0;
    const ends = moved === 0n || near === timesNear;
    if (!ends) next = read(page.position);
    // Read while what was read before is applied, and looked at when its turn comes.
    next.catch(() => undefined);
    seen = page.position;
    held.push(...page.events);
    const enough = held.length >= atOnce || seen - kept >= farBehind;
    if (seen > kept && (ends || enough)) {
      await keep(options, generation, kept, { events: held, position: seen });
      events += held.length;
      [kept, held] = [seen, []];
      onProgress?.(kept, events);
    }
    if (ends) return kept;
    await throttle(options, begun, events);
  }
}

async function keep(options: BuildOptions, generation: Generation, from: bigint, page: Page): Promise<void> {
  const standing = { stored: from, seen: from };
  const moved =
    page.events.length > 0
      ? await applyPage(options, generation, standing, page)
      : await moveCheckpoint(options.dataSource.manager, generation, standing, page.position);
  if (!moved) throw new TakenElsewhere(`${generation.view}: somebody else has changed what is being built`);
}

async function throttle({ eventsPerSecond, signal }: BuildOptions, begun: number, events: number): Promise<void> {
  if (eventsPerSecond === undefined) return;
  const ahead = (events / eventsPerSecond) * 1_000 - (performance.now() - begun);
  if (ahead >= 1) await pause(ahead, undefined, signal ? { signal } : {});
}
