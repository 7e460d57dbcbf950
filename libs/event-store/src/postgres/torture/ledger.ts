import { newEvents } from '../../contract/log-under-contract.js';
import type { AppendResult, EventToAppend } from '../../port.js';

/** What a caller knows of a batch: told that it is stored, told that it is not, or left without an answer. */
export type Fate = 'unknown' | 'refused' | 'acknowledged';

export interface Batch {
  readonly mark: number;
  readonly stream: string;
  readonly count: number;
  fate: Fate;
  /** With the fate `acknowledged`: when, in milliseconds of the process, and what the answer said of the last event. */
  at: number;
  position: bigint;
}

/** A time during which somebody kept a transaction of the log open, or the server was down. */
export interface Hold {
  readonly from: number;
  to: number;
}

/** What the callers of a run know, kept apart from the log that is under test. */
export class Ledger {
  readonly batches: Batch[] = [];
  readonly holds: Hold[] = [];
  readonly injected = new Map<string, number>();
  #acknowledged = 0;

  /** Events acknowledged so far. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** A new batch; each of its events carries its mark and its number within, whatever ids it is sent with. */
  begin(stream: string, count: number): Batch {
    const batch: Batch = { mark: this.batches.length, stream, count, fate: 'unknown', at: 0, position: 0n };
    this.batches.push(batch);
    return batch;
  }

  eventsOf({ mark, count }: Batch): EventToAppend[] {
    return newEvents(count).map((event, number) => ({ ...event, data: { mark, number } }));
  }

  acknowledge(batch: Batch, { position }: Pick<AppendResult, 'position'>): void {
    Object.assign(batch, { fate: 'acknowledged', at: performance.now(), position } satisfies Partial<Batch>);
    this.#acknowledged += batch.count;
  }

  /** Answers what ends the hold. */
  hold(): () => void {
    const hold: Hold = { from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.holds.push(hold);
    return () => void (hold.to = performance.now());
  }

  inject(what: string): void {
    this.injected.set(what, (this.injected.get(what) ?? 0) + 1);
  }
}
