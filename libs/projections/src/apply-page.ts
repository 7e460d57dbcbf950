import type { DataSource, EntityManager } from 'typeorm';
import type { Page, RecordedEvent } from '@waymark/event-store';
import { moveCheckpoint, noteStop, type Standing } from './checkpoint.js';
import type { OpenedEvent, Projection } from './projection.js';

export interface PageApplier {
  readonly projection: Projection;
  readonly dataSource: DataSource;
  readonly open: (event: RecordedEvent) => Promise<OpenedEvent>;
}

/** An event cannot be opened or applied; `message` is why. */
export class CannotApply extends Error {
  constructor(
    readonly position: bigint,
    override readonly cause: unknown,
  ) {
    super(reasonOf(cause));
  }
}

/** A database quotes the value that was wrong, which may be what somebody told: the reason is kept without. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/"[^"]*"/g, '"…"');

/**
 * Applies a page and moves the checkpoint to its end in one transaction; false when the checkpoint does not stand where the page
 * begins. What lies before an event that cannot be applied is applied all the same, and then `CannotApply` is thrown.
 */
export async function applyPage(applier: PageApplier, standing: Standing, page: Page): Promise<boolean> {
  const { projection, dataSource } = applier;
  try {
    return await applyEvents(applier, standing, page);
  } catch (error) {
    if (!(error instanceof CannotApply)) throw error;
    const before = page.events.filter(({ position }) => position < error.position);
    const last = before.at(-1);
    if (last) await applyEvents(applier, standing, { events: before, position: last.position });
    await noteStop(dataSource, projection, error.position, error.message);
    throw error;
  }
}

async function applyEvents(applier: PageApplier, standing: Standing, page: Page): Promise<boolean> {
  const { projection, open } = applier;
  const opened = await Promise.all(page.events.map((event) => open(event).catch(cannotApply(event))));
  const { applyAll } = projection;
  if (applyAll && opened.length > 1) {
    const moved = await inOne(applier, standing, page, (manager) => applyAll(opened, manager)).catch(() => undefined);
    if (moved !== undefined) return moved;
    // One by one, which tells the event that cannot be applied from those that can.
  }
  return inOne(applier, standing, page, async (manager) => {
    for (const event of opened) await projection.apply(event, manager).catch(cannotApply(event));
  });
}

const inOne = (
  { projection, dataSource }: PageApplier,
  standing: Standing,
  page: Page,
  apply: (manager: EntityManager) => Promise<void>,
): Promise<boolean> =>
  dataSource.transaction(async (manager) => {
    if (!(await moveCheckpoint(manager, projection, standing, page.position))) return false;
    await apply(manager);
    return true;
  });

const cannotApply =
  ({ position }: { readonly position: bigint }) =>
  (cause: unknown): never => {
    throw new CannotApply(position, cause);
  };
