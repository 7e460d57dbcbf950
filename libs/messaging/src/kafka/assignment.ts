import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { SubscribeOptions } from '../delivery.js';
import { errorFields, type Log } from '../log.js';
import { PartitionQueue, type FetchedRecord } from './partition-queue.js';
import { isTopicGone } from './refusal.js';

const pauseAt = 500;
const resumeAt = 100;

/** A fetch of an earlier assignment arrived under a later one: what lies between would be skipped. Only a new consumer is safe. */
export class StaleFetch extends Error {
  override readonly name = 'StaleFetch';
}

interface Share {
  readonly topic: string;
  readonly partition: number;
  readonly queue: PartitionQueue;
  /** Where the next fetch goes on. */
  next?: bigint;
  /** Where the fetches of the assignment before went on, if records below it were dropped unhandled. */
  suspect?: bigint;
  paused: boolean;
}

function fetched({ offset, value, headers }: KafkaMessage): FetchedRecord {
  const [contentType] = [headers?.['content-type'] ?? []].flat();
  return { offset, value, ...(contentType === undefined ? {} : { contentType: contentType.toString() }) };
}

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * The partitions that one kafkajs consumer holds now. kafkajs only fetches and beats; handling goes on in queues of our own, so that
 * a slow handler neither delays heartbeats nor other partitions, and a rebalance cannot resolve offsets of messages not handled.
 */
export class Assignment {
  private shares = new Map<string, Share>();
  private readonly handledUpTo = new Map<string, { topic: string; partition: number; offset: string }>();
  private committing: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly consumer: Consumer,
    private readonly options: SubscribeOptions,
    /** Per partition the end of handlers in flight, over all consumers of this member. */
    private readonly inFlight: Map<string, Promise<void>>,
    private readonly log: Log,
  ) {}

  /**
   * A new assignment begins from the committed offsets: queues of the one before are forgotten. What was paused is resumed, also what
   * goes to another member: kafkajs would keep it paused, and never fetch it again when it comes back.
   */
  assign(partitions: Readonly<Record<string, readonly number[]>>): void {
    if (this.closed) return;
    const before = this.shares;
    this.shares = new Map();
    this.handledUpTo.clear();
    for (const share of before.values()) {
      if (share.paused) this.resume(share);
      void this.end(share);
    }
    for (const [topic, numbers] of Object.entries(partitions)) {
      for (const partition of numbers) this.begin(topic, partition, before.get(keyOf(topic, partition)));
    }
  }

  /** Takes a fetched batch over. Synchronous up to `resolveOffset`, so that taken over and resolved are one. */
  take({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload): void {
    const share = this.shares.get(keyOf(batch.topic, batch.partition));
    const last = batch.messages.at(-1);
    if (this.closed || !share || !last || !isRunning() || isStale()) return;
    const first = BigInt(batch.messages[0]?.offset ?? last.offset);
    if (share.suspect !== undefined && first >= share.suspect) throw new StaleFetch();
    delete share.suspect;
    share.queue.push(batch.messages.map(fetched));
    share.next = BigInt(last.offset) + 1n;
    resolveOffset(last.offset);
    if (!share.paused && share.queue.length >= pauseAt) {
      share.paused = true;
      this.consumer.pause([{ topic: share.topic, partitions: [share.partition] }]);
    }
  }

  /** Begins to commit what has been handled, unless it is being done already. */
  commitInPassing(): void {
    this.committing ??= this.commit().finally(() => {
      this.committing = undefined;
    });
  }

  /** Commits the last of what has been handled. */
  async commitAll(): Promise<void> {
    await this.committing;
    await this.commit();
  }

  /** Waits for the handlers in flight and takes no more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.shares.values()].map((share) => this.end(share)));
  }

  /**
   * An offset that could not be committed means repeats, nothing worse. It is committed the next time all the same: on a topic that
   * has gone quiet nothing else would, and the group would be behind for ever in the eyes of whoever watches it. Not so where a topic
   * is gone: made anew, it begins at 0, and what lay on the old one must not be passed over on it. The broker has taken what was
   * asked of the other topics.
   */
  private async commit(): Promise<void> {
    const [held, handled] = [this.shares, new Map(this.handledUpTo)];
    this.handledUpTo.clear();
    if (handled.size === 0) return;
    try {
      await this.consumer.commitOffsets([...handled.values()]);
    } catch (error) {
      this.log.debug({ group: this.options.group, ...errorFields(error) }, 'offsets not committed');
      // Of an assignment that is over, the partition may be somebody else's now.
      if (this.shares !== held || isTopicGone(error)) return;
      for (const [key, offset] of handled) if (!this.handledUpTo.has(key)) this.handledUpTo.set(key, offset);
    }
  }

  private begin(topic: string, partition: number, before: Share | undefined): void {
    const key = keyOf(topic, partition);
    const handled = (offset: string): void => {
      if (this.shares.get(key) !== share) return;
      this.handledUpTo.set(key, { topic, partition, offset: (BigInt(offset) + 1n).toString() });
      if (share.paused && share.queue.length <= resumeAt) {
        share.paused = false;
        this.resume(share);
      }
    };
    const queue = new PartitionQueue(
      { topic, partition },
      this.inFlight.get(key) ?? Promise.resolve(),
      this.options,
      handled,
      this.log,
    );
    const share: Share = { topic, partition, queue, paused: false };
    const suspect = before && (before.suspect ?? (before.queue.length > 0 ? before.next : undefined));
    if (suspect !== undefined) share.suspect = suspect;
    this.shares.set(key, share);
  }

  /** kafkajs refuses once its consumer has stopped or crashed; handlers in flight come to their end later than that. */
  private resume({ topic, partition }: Share): void {
    if (this.closed) return;
    try {
      this.consumer.resume([{ topic, partitions: [partition] }]);
    } catch (error) {
      this.log.debug(
        { group: this.options.group, ...errorFields(error) },
        'partition not resumed: its consumer is over',
      );
    }
  }

  private end(share: Share): Promise<void> {
    const key = keyOf(share.topic, share.partition);
    const ended = share.queue.close().finally(() => {
      if (this.inFlight.get(key) === ended) this.inFlight.delete(key);
    });
    this.inFlight.set(key, ended);
    return ended;
  }
}
