import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@waymark/event-store';
import type { DataSource } from 'typeorm';
import type { BuildOptions } from './build-options.js';
import { beginGeneration, tablesIn } from './create-generation.js';
import { type Generation, schemaOf } from './generation.js';
import { Unwritten } from './unwritten.js';

/**
 * Builds a generation of the view beside the live one, up to the end of the log as it is reached: begins one, or goes on with that
 * which an earlier call, whatever became of it, has left. To be called with the builders' lock. Rejects with `CannotApply` at an
 * event that cannot be applied, with position and reason in the generation's row.
 */
export async function buildView(options: BuildOptions): Promise<Generation> {
  const generation = await beginGeneration(options.dataSource, options.projection);
  const position = await fillUp(options, generation);
  await tidyTables(options.dataSource, generation);
  return { ...generation, position };
}

/**
 * Gives what was filled at one stroke the statistics that its queries are planned by, and its GIN indexes what they have put off, which
 * every search would go through one by one. Otherwise readers are slow from the switch until an autovacuum comes by.
 */
async function tidyTables(dataSource: DataSource, generation: Generation): Promise<void> {
  const schema = schemaOf(generation);
  for (const table of await tablesIn(dataSource, schema))
    await dataSource.query(`VACUUM (ANALYZE) "${schema}"."${table}"`);
}

/** So few positions on, a page has come to the end as it was then. A page may also be short because the store looks no further. */
const nearTheEnd = 100n;
const timesNear = 3;
/** Larger ones live longer, and to collect what has lived a while costs more than to ask again. */
const longestPage = 250;
/** What waits to be written is no more than this and what comes of one page. */
const mostHeld = 20_000;
/** A checkpoint is written so often also where nothing is to be folded. */
const farBehind = 500_000n;

/** Folds what a generation lacks, until it has the whole log or is as near its end as appenders let it; answers the position. */
export async function fillUp(options: BuildOptions, generation: Generation): Promise<bigint> {
  const { projection, store, eventsPerSecond = Infinity, onProgress, signal } = options;
  const atOnce = Math.max(1, Math.min(options.batchSize ?? 100_000, eventsPerSecond));
  const limit = Math.min(atOnce, longestPage);
  const read = (after: bigint): Promise<Page> => store.readAll({ after, categories: projection.categories, limit });
  const begun = performance.now();
  const unwritten = new Unwritten(options, generation);
  let near = 0;
  for (let next = read(generation.position); ;) {
    const page = await next;
    signal?.throwIfAborted();
    const moved = page.position - unwritten.seen;
    near = moved < nearTheEnd && page.events.length < limit ? near + 1 : 0;
    const ends = moved === 0n || near === timesNear;
    if (!ends) next = read(page.position);
    // Read while what was read before is folded, and looked at when its turn comes.
    next.catch(() => undefined);
    await unwritten.take(page);
    const enough = unwritten.events >= atOnce || unwritten.held >= mostHeld || unwritten.positions >= farBehind;
    if (unwritten.positions > 0n && (ends || enough)) {
      await unwritten.write();
      onProgress?.(unwritten.kept, unwritten.written);
    }
    if (ends) return unwritten.kept;
    await throttle(options, begun, unwritten.written);
  }
}

async function throttle({ eventsPerSecond, signal }: BuildOptions, begun: number, events: number): Promise<void> {
  if (eventsPerSecond === undefined) return;
  const ahead = (events / eventsPerSecond) * 1_000 - (performance.now() - begun);
  if (ahead >= 1) await pause(ahead, undefined, signal ? { signal } : {});
}
