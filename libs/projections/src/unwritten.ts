import type { Page } from '@waymark/event-store';
import { applyPage, openAll } from './apply-page.js';
import type { BuildOptions } from './build-options.js';
import { moveCheckpoint, type Standing } from './checkpoint.js';
import { foldedBy, foldOf } from './fold.js';
import { type Generation, pathTo, schemaOf } from './generation.js';
import type { Fold, Look } from './projection.js';

/** Somebody else has moved the checkpoint of a generation that is being filled, or has put it in place or dropped it. */
export class TakenElsewhere extends Error {
  override readonly name = 'TakenElsewhere';
}

/** Small, because one event is sought that cannot be folded. */
const searchedPage = 500;

/** What a builder has read of the log since the last checkpoint, folded in memory. */
export class Unwritten {
  /** The checkpoint. */
  kept: bigint;
  seen: bigint;
  /** Events that wait, and events that are in the tables. */
  events = 0;
  written = 0;
  private fold: Fold;

  constructor(
    private readonly options: BuildOptions,
    private readonly generation: Generation,
  ) {
    this.kept = this.seen = generation.position;
    this.fold = foldOf(options.projection);
  }

  get positions(): bigint {
    return this.seen - this.kept;
  }

  get held(): number {
    return this.fold.held;
  }

  async take({ events, position }: Page): Promise<void> {
    this.seen = position;
    this.events += events.length;
    const folded = foldedBy(this.options.projection, events);
    if (folded.length === 0) return;
    await this.orOneByOne(async () => this.fold.take(await openAll(this.options, folded), this.look));
  }

  /** Rows and checkpoint in one transaction. */
  async write(): Promise<void> {
    const { dataSource } = this.options;
    await this.orOneByOne(async () => {
      if (this.events === 0) return this.move(dataSource.manager, this.seen);
      await dataSource.transaction(async (manager) => {
        await this.move(manager, this.seen);
        await this.fold.write(manager);
      });
    });
    this.written += this.events;
    this.events = 0;
    this.kept = this.seen;
  }

  /** Without a lock: whoever else has written since has moved the checkpoint, and then nothing of this is written. */
  private readonly look: Look = (ask) =>
    this.options.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT set_config('search_path', $1, true)`, [pathTo(schemaOf(this.generation))]);
      return ask(manager);
    });

  private get standing(): Standing {
    return { stored: this.kept, seen: this.kept };
  }

  private async move(manager: Parameters<typeof moveCheckpoint>[0], to: bigint): Promise<void> {
    if (!(await moveCheckpoint(manager, this.generation, this.standing, to))) throw this.taken();
  }

  /** What cannot be folded or written together is read again from the checkpoint: that tells which event it is. */
  private async orOneByOne(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof TakenElsewhere) throw error;
      this.fold = foldOf(this.options.projection);
      while (this.kept < this.seen) await this.applyNext(error);
      this.written += this.events;
      this.events = 0;
    }
  }

  private async applyNext(cause: unknown): Promise<void> {
    const { store, projection, signal } = this.options;
    signal?.throwIfAborted();
    const { categories } = projection;
    const page = await store.readAll({ after: this.kept, categories, limit: searchedPage });
    if (page.position === this.kept) throw cause;
    const position = page.position < this.seen ? page.position : this.seen;
    const events = foldedBy(projection, page.events).filter((event) => event.position <= position);
    if (events.length === 0) await this.move(this.options.dataSource.manager, position);
    else if (!(await applyPage(this.options, this.generation, this.standing, { events, position }))) throw this.taken();
    this.kept = position;
  }

  private taken(): TakenElsewhere {
    return new TakenElsewhere(`${this.generation.view}: somebody else has changed what is being built`);
  }
}
