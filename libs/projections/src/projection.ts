import type { EntityManager } from 'typeorm';
import type { OpenedEvent, SealedFields } from './opened-event.js';

/** Asks the tables that are folded into. They are as the last write has left them. */
export type Look = <Found>(ask: (manager: EntityManager) => Promise<Found>) => Promise<Found>;

/** Events folded in memory, and what has come of them until it is written. Thrown away as soon as either of its methods fails. */
export interface Fold {
  /** In order of position, whole pages. Writes nothing, and keeps no event that it can do without. */
  take(events: readonly OpenedEvent[], look: Look): Promise<void> | void;
  /** How much waits in memory: rows, mostly. */
  readonly held: number;
  /** Writes what has come of all that was taken and forgets it. */
  write(manager: EntityManager): Promise<void>;
}

/**
 * A read model as a fold of the log. `apply` sees every event that it folds once, in order of position, inside the transaction that
 * also moves the checkpoint. Each comes in the current version of its type, whichever was stored. It names its tables without a
 * schema.
 */
export interface Projection<Name extends string = string> {
  /** Lower-case letters, digits and hyphens. */
  readonly name: Name;
  /** To be raised with any change of the fold or of the tables: the new version is built beside the old one. */
  readonly version: number;
  readonly categories: readonly string[];
  /** Types of the events that it folds; others of its categories are passed over, not even opened. Absent: all. */
  readonly folds?: readonly string[];
  /** Sealed fields that it folds; no other is opened for it, and to read another fails. Absent: none, and it never needs a key. */
  readonly opens?: SealedFields;
  /** SQL that makes its tables, empty. Run in a schema of its own whenever it is built, never on tables that are there. */
  readonly tables: string;
  /** Columns of its tables that somebody else writes, such as how often due work has failed: no part of a digest. */
  readonly notFolded?: readonly string[];
  /** TypeORM entities through which the tables are read. */
  readonly entities?: readonly (new () => object)[];
  readonly apply: (event: OpenedEvent, manager: EntityManager) => Promise<void>;
  /** The same for several events at once, with fewer statements. When it fails, `apply` gets them one by one. */
  readonly applyAll?: (events: readonly OpenedEvent[], manager: EntityManager) => Promise<void>;
  /** The same for as many as a rebuild meets, which are folded in memory page by page and written now and then (`folding`). */
  readonly beginFold?: () => Fold;
}

/** The names of projections, such as those of a service: what its queries may wait for. */
export type NameOf<Views extends readonly Projection[]> = Views[number]['name'];
