import type { EventStore, RecordedEvent } from '@waymark/event-store';
import type { DataSource } from 'typeorm';
import type { OpenedEvent } from './opened-event.js';
import type { Projection } from './projection.js';

export interface ProjectionOptions {
  readonly projection: Projection;
  readonly store: EventStore;
  readonly dataSource: DataSource;
  readonly open: (event: RecordedEvent) => Promise<OpenedEvent>;
  readonly log: { error(details: object, message: string): void };
  readonly batchSize?: number;
  /** Called each time it has stopped, with the position of the event or, where none is at fault, of where it is. May reject. */
  readonly onStop?: (error: unknown, position: bigint) => Promise<void>;
  /** Called when it goes on after that, and once in any case: it may have stopped in an earlier life. May reject. */
  readonly onGoingOn?: () => Promise<void>;
  /** How often a checkpoint is written that moved over events of other categories only (default 5 s). */
  readonly storeEveryMs?: number;
}
