import type { DataSource, EntityManager } from 'typeorm';
import type { Page, RecordedEvent } from '@waymark/event-store';
import { moveCheckpoint, noteStop, type Standing } from './checkpoint.js';
import type { Generation } from './generation.js';
import type { OpenedEvent } from './opened-event.js';
import type { Projection } from './projection.js';

export interface PageApplier {
  readonly projection: Projection;
  readonly dataSource: DataSource;
  readonly open: (event: RecordedEvent) => Promise<OpenedEvent>;
}

/** An event cannot be opened or applied; `message` is why. */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';

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
 * Applies a page to a generation and moves its checkpoint to the page's end in one transaction; false when the checkpoint does not
 * stand where the page begins. What lies before an event that cannot be applied is applied all the same, and then `CannotApply` is
 * thrown.
 */
export async function applyPage(
  applier: PageApplier,
  generation: Generation,
  standing: Standing,
  page: Page,
): Promise<boolean> {
  const { dataSource } = applier;
  try {
    return await applyEvents(applier, generation, standing, page);
  } catch (error) {
    if (!(error instanceof CannotApply)) throw error;
    const before = page.events.filter(({ position }) => position < error.position);
    const last = before.at(-1);
    if (last) await applyEvents(applier, generation, standing, { events: before, position: last.position });
    await noteStop(dataSource, generation, error.position, error.message);
    throw error;
  }
}

/** Rejects with `CannotApply` for the first event that cannot be opened. */
export const openAll = (
  { open }: Pick<PageApplier, 'open'>,
  events: readonly RecordedEvent[],
): Promise<readonly OpenedEvent[]> => Promise.all(events.map((event) => open(event).catch(cannotApply(event))));

async function applyEvents(
  applier: PageApplier,
  generation: Generation,
  standing: Standing,
  page: Page,
): Promise<boolean> {
  const { projection, dataSource } = applier;
  const opened = await openAll(applier, page.events);
  const inOne = (apply: (manager: EntityManager) => Promise<void>): Promise<boolean> =>
    dataSource.transaction(async (manager) => {
      if (!(await moveCheckpoint(manager, generation, standing, page.position))) return false;
      await apply(manager);
      return true;
    });
  const { applyAll } = projection;
  if (applyAll && opened.length > 1) {
    const moved = await inOne((manager) => applyAll(opened, manager)).catch(() => undefined);
    if (moved !== undefined) return moved;
    // One by one, which tells the event that cannot be applied from those that can.
  }
  return inOne(async (manager) => {
    for (const event of opened) await projection.apply(event, manager).catch(cannotApply(event));
  });
}

const cannotApply =
  ({ position }: { readonly position: bigint }) =>
  (cause: unknown): never => {
    throw new CannotApply(position, cause);
  };
