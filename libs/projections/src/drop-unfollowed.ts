import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { type EventStore, EventStoreError } from '@waymark/event-store';
import { isBuilt } from './builders-lock.js';
import { type Generation, generationsOf, previousOf } from './generation.js';
import { dropGeneration, isLockFailure, lockTimeout } from './place-view.js';
import type { Projection } from './projection.js';

const lookEveryMs = 100;

export interface DropOptions {
  readonly dataSource: DataSource;
  readonly store: EventStore;
  readonly projection: Projection;
  /** How long whoever folds a generation has for what is in the log now (default 10 s: checkpoints may be stored 5 s late). */
  readonly patienceMs?: number;
}

/**
 * Drops the generations of a view that go on telling what its live one has forgotten: those that are kept, and those of other
 * versions, or half built, that nobody folds any more, as they do not get to where the log ends now. True once the one that readers
 * see has got there and the others are dropped or have got there too; so a switch that comes later keeps none that tells more. False
 * when patience is over before, and nothing was dropped: its own version is not in place, or has stopped.
 */
export async function dropUnfollowed({ projection, ...options }: DropOptions): Promise<boolean> {
  const { name, categories } = projection;
  const lacks = await lackOf(options, categories, await generationsOf(options.dataSource, name));
  return dropOnceSettled(options, name, (all) => look(projection, all, lacks));
}

/**
 * The same for the views that none of these projections is: a release that no longer runs has left them. One that somebody folds, as
 * an instance of another release does that still runs, stays. False while that has not got to where the log ends now.
 */
export async function dropUndeclared({
  projections,
  ...options
}: Omit<DropOptions, 'projection'> & { readonly projections: readonly Projection[] }): Promise<boolean> {
  const views = await options.dataSource.query<{ view: string; categories: readonly string[] | null }[]>(
    `SELECT DISTINCT ON (view) view, categories FROM view_generations WHERE view <> ALL($1)
     ORDER BY view, categories IS NULL, version DESC`,
    [projections.map(({ name }) => name)],
  );
  let settled = true;
  for (const { view, categories } of views) {
    const before = await generationsOf(options.dataSource, view);
    // Until somebody of a release that notes it has folded it, it may be of anything.
    const lacks = await lackOf(options, categories ?? projections.flatMap((each) => each.categories), before);
    const moves = ({ id, position }: Generation) => before.every((each) => each.id !== id || each.position < position);
    const found = async (all: readonly Generation[]): Promise<Found> => {
      const behind = await behindAmong(all, lacks);
      return { read: undefined, others: behind.filter((each) => !moves(each)), waits: behind.some(moves) };
    };
    settled = (await dropOnceSettled(options, view, found)) && settled;
  }
  return settled;
}

/** Whether a generation lacks something of what is in the log now. */
type Lack = (generation: Generation) => Promise<boolean>;

async function lackOf(
  { store }: Pick<DropOptions, 'store'>,
  categories: readonly string[],
  all: readonly Generation[],
): Promise<Lack> {
  const furthest = all.reduce((most, { position }) => (position > most ? position : most), 0n);
  const end = await store.newest({ after: furthest, categories }).catch(nowhereIfForbidden);
  return async ({ position: after }) => {
    if (end === undefined) return true;
    if (after >= end) return false;
    const { events } = await store.readAll({ after, categories, limit: 1 });
    return events.some(({ position }) => position <= end);
  };
}

/** What the service may not read any more nobody folds for it. */
function nowhereIfForbidden(error: unknown): undefined {
  if (error instanceof EventStoreError && error.code === 'category_forbidden') return undefined;
  throw error;
}

async function dropOnceSettled(
  { dataSource, patienceMs = 10_000 }: Pick<DropOptions, 'dataSource' | 'patienceMs'>,
  view: string,
  find: (all: readonly Generation[]) => Promise<Found>,
): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const late = performance.now() > until;
    const { read, others, waits } = await find(await generationsOf(dataSource, view));
    if (!waits && (late || others.length === 0) && (await dropAll(dataSource, view, read, others))) return true;
    if (late) return false;
    await pause(lookEveryMs);
  }
}

interface Found {
  /** What readers see. */
  readonly read: Generation | undefined;
  /** Those beside it that are behind. */
  readonly others: readonly Generation[];
  /** Something is behind that cannot be dropped. */
  readonly waits: boolean;
}

async function look({ version }: Pick<Projection, 'version'>, all: readonly Generation[], lacks: Lack): Promise<Found> {
  const own = all.find((each) => each.version === version && each.state === 'live');
  const read = own ?? previousOf(all, version);
  const first = (each: Generation) => !own && each.version === version;
  const others = await behindAmong(
    all.filter((each) => each !== read && !first(each)),
    lacks,
  );
  return { read, others, waits: (read !== undefined && (await lacks(read))) || (!own && others.length > 0) };
}

/** What is kept is followed by nobody, and is not waited for. */
async function behindAmong(all: readonly Generation[], lacks: Lack): Promise<readonly Generation[]> {
  const behind: Generation[] = [];
  for (const each of all) if (each.state !== 'kept' && (await lacks(each))) behind.push(each);
  return behind;
}

/** False when a switch came between, or somebody reads the tables for long. */
async function dropAll(
  dataSource: DataSource,
  view: string,
  read: Generation | undefined,
  others: readonly Generation[],
): Promise<boolean> {
  const drop = async (manager: EntityManager): Promise<boolean> => {
    await manager.query(`SELECT set_config('lock_timeout', $1, true)`, [lockTimeout]);
    const all = await generationsOf(manager, view, { lock: true });
    if (read && all.find(({ id }) => id === read.id)?.state !== read.state) return false;
    for (const each of all) {
      const behind = others.some(({ id, state }) => id === each.id && state === each.state);
      if (each.state !== 'kept' && !behind) continue;
      if (each.state === 'building' && (await isBuilt(manager, each))) continue;
      await dropGeneration(manager, each);
    }
    return true;
  };
  return dataSource.transaction(drop).catch((error: unknown) => {
    if (isLockFailure(error)) return false;
    throw error;
  });
}
