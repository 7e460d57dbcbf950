import { setTimeout as pause } from 'node:timers/promises';
import { type EntityManager, QueryFailedError } from 'typeorm';
import type { RecordedEvent } from '@waymark/event-store';
import { openAll } from './apply-page.js';
import type { BuildOptions } from './build-options.js';
import { fillUp } from './build-view.js';
import { tablesIn } from './create-generation.js';
import { foldedBy } from './fold.js';
import { findGeneration, type Generation, generationsOf, pathTo, previousOf, schemaOf } from './generation.js';

/** There is no such generation to put in place. */
export class NothingToPlace extends Error {
  override readonly name = 'NothingToPlace';
}

/** Something stood in the way each time until patience was over. */
export class CannotPlace extends Error {
  override readonly name = 'CannotPlace';
}

/** It does not show yet what readers must see: to be filled further and tried again. */
class NotThereYet extends Error {}

export interface PlaceOptions extends BuildOptions {
  /** How long to try while something stands in the way (default 60 s). */
  readonly patienceMs?: number;
  /** Also when it shows less than the live one: after the log was restored to an earlier moment. */
  readonly alsoOlder?: boolean;
}

/** Readers that come meanwhile wait behind the switch, for so long at most. */
export const lockTimeout = '300ms';
/** What is folded while readers are shut out is no more than this. */
const lastEvents = 500;
/** A page may end early, at what the store knew before; the next one goes to the end as it is then. */
const lastPages = 3;

/**
 * Puts the generation that was built (`building`), or the one that was kept (`kept`), in the place of the live one of its version,
 * which is then kept; one kept before is dropped. It is filled up first, from its own checkpoint. The switch is one transaction: it
 * shuts out whoever reads or writes the live tables, folds what was appended until then, and renames. So nobody fails, nobody sees
 * an older position than before, and due work that was done is not found again. To be called with the builders' lock.
 */
export async function placeView(options: PlaceOptions, which: 'building' | 'kept'): Promise<Generation> {
  const until = performance.now() + (options.patienceMs ?? 60_000);
  for (;;) {
    const candidate = await findGeneration(options.dataSource, options.projection, which);
    if (!candidate) throw new NothingToPlace(`${options.projection.name}: nothing is ${which}`);
    await fillUp(options, candidate);
    try {
      return await options.dataSource.transaction((manager) => place(options, which, manager));
    } catch (error) {
      if (!(error instanceof NotThereYet || isLockFailure(error))) throw error;
      if (performance.now() > until)
        throw new CannotPlace(`${options.projection.name}: long transactions read its tables, or an append is open`, {
          cause: error,
        });
    }
    // So that readers who had to wait get through before the next try.
    await pause(100 + Math.random() * 400, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** Waited too long for a lock, or in a circle. */
export function isLockFailure(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code }: { readonly code?: string } = error.driverError;
  return code === '55P03' || code === '40P01';
}

async function place(options: PlaceOptions, which: 'building' | 'kept', manager: EntityManager): Promise<Generation> {
  const { name, version } = options.projection;
  await manager.query(`SELECT set_config('lock_timeout', $1, true)`, [lockTimeout]);
  const all = await generationsOf(manager, name, { lock: true });
  const own = (state: Generation['state']) => all.find((each) => each.version === version && each.state === state);
  const [candidate, live, kept] = [own(which), own('live'), own('kept')];
  if (!candidate) throw new NothingToPlace(`${name}: nothing is ${which}`);
  if (live) await shutOut(manager, schemaOf(live));
  const position = await foldTheLast(options, candidate, manager);
  const shown = live ?? previousOf(all, version);
  if (shown && position < shown.position && !options.alsoOlder) throw new NotThereYet();
  if (kept && kept !== candidate) await dropGeneration(manager, kept);
  if (live) await move(manager, live, 'kept');
  return move(manager, { ...candidate, position }, 'live');
}

/** Waits for those who use the tables, and keeps others out until the transaction ends. */
async function shutOut(manager: EntityManager, schema: string): Promise<void> {
  for (const table of await tablesIn(manager, schema))
    await manager.query(`LOCK TABLE "${schema}"."${table}" IN ACCESS EXCLUSIVE MODE`);
}

/** All that had been appended when readers were shut out. */
async function foldTheLast(options: BuildOptions, candidate: Generation, manager: EntityManager): Promise<bigint> {
  const { store, projection } = options;
  const events: RecordedEvent[] = [];
  let { position } = candidate;
  for (let count = 0; count < lastPages; count += 1) {
    const page = await store.readAll({ after: position, categories: projection.categories, limit: lastEvents });
    events.push(...foldedBy(projection, page.events));
    if (events.length >= lastEvents) throw new NotThereYet();
    if (page.position === position) break;
    position = page.position;
  }
  if (events.length === 0) return position;
  await manager.query(`SELECT set_config('search_path', $1, true)`, [pathTo(schemaOf(candidate))]);
  try {
    const opened = await openAll(options, events);
    if (projection.applyAll) await projection.applyAll(opened, manager);
    else for (const event of opened) await projection.apply(event, manager);
  } catch {
    // Filling up will meet the same event, and say where and why.
    throw new NotThereYet();
  }
  return position;
}

async function move(manager: EntityManager, generation: Generation, state: Generation['state']): Promise<Generation> {
  const moved = { ...generation, state };
  await manager.query(`ALTER SCHEMA "${schemaOf(generation)}" RENAME TO "${schemaOf(moved)}"`);
  await manager.query('UPDATE public.view_generations SET state = $2, position = $3, placed_at = now() WHERE id = $1', [
    generation.id,
    state,
    String(generation.position),
  ]);
  return moved;
}

/** For good: the tables and the checkpoint. */
export async function dropGeneration(manager: EntityManager, generation: Generation): Promise<void> {
  await manager.query(`DROP SCHEMA "${schemaOf(generation)}" CASCADE`);
  await manager.query('DELETE FROM public.view_generations WHERE id = $1', [generation.id]);
}
