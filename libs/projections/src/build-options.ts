import type { EventStore } from '@waymark/event-store';
import type { PageApplier } from './apply-page.js';

export interface BuildOptions extends PageApplier {
  readonly store: EventStore;
  /** When it aborts, the build rejects after the write that is under way; the next one goes on from there. */
  readonly signal?: AbortSignal;
  /** No faster than this, so that what is live does not suffer. */
  readonly eventsPerSecond?: number;
  /** Events folded before what came of them is written (default 100,000); fewer when much came of them. */
  readonly batchSize?: number;
  /** After each write: the checkpoint, and how many events this call has folded. */
  readonly onProgress?: (position: bigint, events: number) => void;
}
