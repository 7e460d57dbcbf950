import type { EntityManager } from 'typeorm';
import type { RecordedEvent } from '@waymark/event-store';

/** A recorded event whose sealed fields have been opened. `erased` names fields whose key is gone. */
export interface OpenedEvent extends Omit<RecordedEvent, 'data'> {
  readonly data: object;
  readonly erased: readonly string[];
}

/**
 * A read model as a fold of the log. `apply` sees every event of the categories once, in order of position, inside the
 * transaction that also moves the checkpoint; it ignores types it does not know.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly categories: readonly string[];
  readonly apply: (event: OpenedEvent, manager: EntityManager) => Promise<void>;
  /** The same for several events at once, with fewer statements. When it fails, `apply` gets them one by one. */
  readonly applyAll?: (events: readonly OpenedEvent[], manager: EntityManager) => Promise<void>;
}
