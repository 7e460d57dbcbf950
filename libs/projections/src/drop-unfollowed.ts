import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { EventStore } from '@waymark/event-store';
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
export async function dropUnfollowed(options: DropOptions): Promise<boolean> {
  const { dataSource, store, projection, patienceMs = 10_000 } = options;
  const { categories } = projection;
  const until = performance.now() + patienceMs;
  const positions = (await generationsOf(dataSource, projection.name)).map(({ position }) => position);
  const furthest = positions.reduce((most, each) => (each > most ? each : most), 0n);
  const end = await store.newest({ after: furthest, categories });
  const lacks = async ({ position: after }: Generation): Promise<boolean> => {
    if (after >= end) return false;
    const { events } = await store.readAll({ after, categories, limit: 1 });
    return events.some(({ position }) => position <= end);
  };
  for (;;) {
    const late = performance.now() > until;
    const { read, others, waits } = await look(options, lacks);
    if (!waits && (late || others.length === 0) && (await dropAll(dataSource, projection, read, others))) return true;
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

async function look(
  { dataSource, projection: { name, version } }: DropOptions,
  lacks: (generation: Generation) => Promise<boolean>,
): Promise<Found> {
  const all = await generationsOf(dataSource, name);
  const own = all.find((each) => each.version === version && each.state === 'live');
  const read = own ?? previousOf(all, version);
  const others: Generation[] = [];
  for (const each of all) {
    if (each === read || each.state === 'kept') continue;
    const first = !own && each.version === version;
    if (!first && (await lacks(each))) others.push(each);
  }
  return { read, others, waits: (read !== undefined && (await lacks(read))) || (!own && others.length > 0) };
}

/** False when a switch came between, or somebody reads the tables for long. */
async function dropAll(
  dataSource: DataSource,
  { name }: Projection,
  read: Generation | undefined,
  others: readonly Generation[],
): Promise<boolean> {
  const drop = async (manager: EntityManager): Promise<boolean> => {
    await manager.query(`SELECT set_config('lock_timeout', $1, true)`, [lockTimeout]);
    const all = await generationsOf(manager, name, { lock: true });
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
