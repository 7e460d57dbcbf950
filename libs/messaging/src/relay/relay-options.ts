import type pg from 'pg';
import type { EventStore, RecordedEvent } from '@waymark/event-store';
import type { Log } from '../log.js';
import type { OnMeasure } from '../measures.js';
import type { Bus } from '../port.js';
import type { Translation } from './compose.js';
import type { Hiding } from './hidden.js';

/** Holds messages back and lets them go together, so that neither when nor where one lies on the topic tells of which event it is. */
export interface WindowOptions {
  /** How long the first message of a window waits at least. */
  readonly delayMs: number;
  /** How many things each type of message in it has to be about, */
  readonly crowd: number;
  /** unless the first has waited for so long. */
  readonly latestMs: number;
  /** What goes only among those that look like it in the log, also after that; it waits for later windows. */
  readonly hiding?: Hiding;
}

export interface RelayOptions {
  /** Names the source (`/waymark/<service>`), the lock and the checkpoint. */
  readonly service: string;
  readonly store: EventStore;
  readonly categories: readonly string[];
  readonly topic: string;
  readonly bus: Bus;
  /** The service's own database, with `relayMigration` applied. The leader keeps one connection. */
  readonly pool: pg.Pool;
  /**
   * What an event says to others. Must follow from the event alone, for ever: sequences are counted from its answers. A type that is
   * not to be published any more is answered as `withdrawn`, never left out.
   */
  readonly translate: (event: RecordedEvent) => Translation | Promise<Translation>;
  /** Publishes in windows, each shuffled, instead of at once and in order. */
  readonly window?: WindowOptions;
  readonly log: Log;
  readonly batchSize?: number;
  /** How often a follower tries to lead, and the leader makes sure that it still does (default 500 ms). */
  readonly confirmEveryMs?: number;
  /** How often the leader makes sure that its topic still holds what was published on it (default 5 s). */
  readonly lookEveryMs?: number;
  readonly onMeasure?: OnMeasure;
}
