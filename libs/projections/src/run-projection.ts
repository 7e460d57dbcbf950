import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { EventStore, Page, RecordedEvent } from '@waymark/event-store';
import type { OpenedEvent, Projection } from './projection.js';

export interface ProjectionStatus {
  readonly name: string;
  readonly position: bigint;
  readonly stoppedBecause?: string;
}

export interface RunningProjection {
  readonly name: string;
  /** Resolves true once everything up to `position` is visible in the read model, false when the time is over. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  status(): ProjectionStatus;
  stop(): Promise<void>;
}

export interface ProjectionOptions {
  readonly projection: Projection;
  readonly store: EventStore;
  readonly dataSource: DataSource;
  readonly open: (event: RecordedEvent) => Promise<OpenedEvent>;
  readonly log: { error(details: object, message: string): void };
  readonly batchSize?: number;
}

/**
 * Keeps one read model up to date until stopped. Writes and checkpoint commit together; several instances of a service may run
 * the same projection, the row lock on the checkpoint lets each batch through once. An event that cannot be applied stops the
 * projection there, with position and reason in its checkpoint row, and is tried again every few seconds: nothing is skipped.
 */
export function runProjection(options: ProjectionOptions): RunningProjection {
  const { projection, store, dataSource, log } = options;
  const stopping = new AbortController();
  let position = 0n;
  let stoppedBecause: string | undefined;
  let stoppedAtEvent = false;
  const waiting = new Set<() => void>();

  const moveTo = (next: bigint): void => {
    if (next > position) stoppedBecause = undefined;
    position = next;
    waiting.forEach((wake) => wake());
  };

  const follow = async (): Promise<void> => {
    moveTo(await readCheckpoint(dataSource, projection));
    if (!stoppedAtEvent) stoppedBecause = undefined;
    const pages = store.subscribe({
      after: position,
      categories: projection.categories,
      signal: stopping.signal,
      batchSize: options.batchSize ?? 500,
    });
    for await (const page of pages) {
      const reached = await applyPage(options, position, page);
      if (reached !== page.position) return;
      moveTo(reached);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (stopping.signal.aborted) return;
        stoppedBecause = reasonOf(error);
        stoppedAtEvent = error instanceof CannotApply;
        log.error(
          { projection: projection.name, position: String(position), err: error },
          'projection stopped, trying again',
        );
        await pause(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  const running = run();
  return {
    name: projection.name,
    status: () => ({ name: projection.name, position, ...(stoppedBecause === undefined ? {} : { stoppedBecause }) }),
    waitFor: (target, timeoutMs) => waitUntil(() => position >= target, waiting, timeoutMs),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function readCheckpoint(dataSource: DataSource, { name, version }: Projection): Promise<bigint> {
  await dataSource.query(`INSERT INTO projection_checkpoints (name, version) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    name,
    version,
  ]);
  return lockedPosition(dataSource.manager, name, version, '');
}

async function lockedPosition(
  manager: EntityManager,
  name: string,
  version: number,
  lock: 'FOR UPDATE' | '',
): Promise<bigint> {
  const rows = await manager.query<{ position: string }[]>(
    // What a crash loses is folded again from the log, so these commits need not wait for the disk.
    `SELECT position, set_config('synchronous_commit', 'off', true) FROM projection_checkpoints
     WHERE name = $1 AND version = $2 ${lock}`,
    [name, version],
  );
  return BigInt(rows[0]?.position ?? 0);
}

class CannotApply extends Error {
  constructor(
    readonly position: bigint,
    override readonly cause: unknown,
  ) {
    super(reasonOf(cause));
  }
}

/** A database quotes the value that was wrong, which may be what somebody told: the reason is kept without. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/"[^"]*"/g, '"…"');

/**
 * Applies a page if the checkpoint still stands where the page begins; answers where the checkpoint stands afterwards. What lies
 * before an event that cannot be applied is applied all the same.
 */
async function applyPage(options: ProjectionOptions, from: bigint, page: Page): Promise<bigint> {
  const { projection, dataSource } = options;
  try {
    return await applyEvents(options, from, page);
  } catch (error) {
    if (!(error instanceof CannotApply)) throw error;
    const before = page.events.filter(({ position }) => position < error.position);
    const last = before.at(-1);
    if (last) await applyEvents(options, from, { events: before, position: last.position });
    await dataSource.query(
      `UPDATE projection_checkpoints SET stopped_at = $3, stopped_because = $4 WHERE name = $1 AND version = $2`,
      [projection.name, projection.version, String(error.position), error.message],
    );
    throw error;
  }
}

async function applyEvents({ projection, dataSource, open }: ProjectionOptions, from: bigint, page: Page) {
  const { name, version } = projection;
  const opened = await Promise.all(page.events.map((event) => open(event).catch(cannotApply(event))));
  return dataSource.transaction(async (manager) => {
    const current = await lockedPosition(manager, name, version, 'FOR UPDATE');
    if (current !== from) return current;
    for (const event of opened) await projection.apply(event, manager).catch(cannotApply(event));
    await manager.query(
      `UPDATE projection_checkpoints SET position = $3, stopped_at = NULL, stopped_because = NULL
       WHERE name = $1 AND version = $2`,
      [name, version, String(page.position)],
    );
    return page.position;
  });
}

const cannotApply =
  ({ position }: { readonly position: bigint }) =>
  (cause: unknown): never => {
    throw new CannotApply(position, cause);
  };

function waitUntil(reached: () => boolean, waiting: Set<() => void>, timeoutMs: number): Promise<boolean> {
  if (reached()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (result: boolean): void => {
      clearTimeout(timer);
      waiting.delete(check);
      resolve(result);
    };
    const check = (): void => {
      if (reached()) finish(true);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    waiting.add(check);
  });
}
