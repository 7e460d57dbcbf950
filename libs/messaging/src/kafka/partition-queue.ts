import { deliverInOrder, mostAtOnce, type SubscribeOptions } from '../delivery.js';
import { errorFields, type Log } from '../log.js';
import type { StoredRecord } from '../read-record.js';
import { BackOff, pause } from '../waiting.js';

export interface FetchedRecord extends StoredRecord {
  readonly offset: string;
}

/** What was fetched of one partition under one assignment, handled one after the other apart from kafkajs' own loop. */
export class PartitionQueue {
  private readonly records: FetchedRecord[] = [];
  private readonly ending = new AbortController();
  private working: Promise<void>;
  private active = false;

  /** `after`: a handler of an earlier assignment of this partition that may still be running. */
  constructor(
    private readonly place: { readonly topic: string; readonly partition: number },
    after: Promise<void>,
    private readonly options: SubscribeOptions,
    private readonly handled: (offset: string) => void,
    private readonly log: Log,
  ) {
    this.working = after;
  }

  get length(): number {
    return this.records.length;
  }

  push(records: readonly FetchedRecord[]): void {
    this.records.push(...records);
    if (this.active || this.ending.signal.aborted) return;
    this.active = true;
    this.working = this.working.then(() => this.work());
  }

  /** Forgets what waits; resolves when the handler in flight has ended. */
  close(): Promise<void> {
    this.ending.abort();
    return this.working;
  }

  /** Never rejects: nobody waits for it but whoever closes, and a rejection without a listener ends the process. */
  private async work(): Promise<void> {
    const backOff = new BackOff(100, 5_000);
    while (this.records.length > 0 && !this.ending.signal.aborted) {
      try {
        await this.deliverNext();
        backOff.reset();
      } catch (error) {
        this.log.error(
          { group: this.options.group, ...this.place, ...errorFields(error) },
          'delivery failed, going on',
        );
        await pause(backOff.next(), this.ending.signal);
      }
    }
    this.active = false;
  }

  private async deliverNext(): Promise<void> {
    const next = this.records
      .slice(0, mostAtOnce)
      .map(({ offset, ...record }) => ({ ...record, origin: { ...this.place, offset } }));
    await deliverInOrder(this.options, next, this.ending.signal, this.log, (handled) => {
      this.records.splice(0, handled.length);
      for (const { origin } of handled) this.handled(origin.offset);
    });
  }
}
