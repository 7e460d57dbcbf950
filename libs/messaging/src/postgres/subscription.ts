import { decodeMessage, UnreadableMessage } from '../envelope.js';
import { errorFields, type Log } from '../log.js';
import type { Bus, Origin, Subscription } from '../port.js';
import { BackOff, Bell, Deferred, pause } from '../waiting.js';
import { MemberSession, type PartitionLag, type StoredRecord } from './member-session.js';

type SubscribeOptions = Parameters<Bus['subscribe']>[0];

interface Share {
  readonly topic: string;
  readonly partition: number;
  /** To be given up after the message in hand. */
  revoked: boolean;
}

const batchSize = 100;
const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** One member of a group: keeps its fair share of the partitions and drains each in order, partitions side by side. */
export class PostgresSubscription implements Subscription {
  readonly ready: Promise<void>;
  private readonly became = new Deferred();
  private readonly bell = new Bell();
  private readonly stopping = new AbortController();
  private readonly workers = new Map<string, Promise<void>>();
  private readonly done: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly options: SubscribeOptions,
    private readonly log: Log,
  ) {
    this.ready = this.became.promise;
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.bell.ring();
    await this.done;
  }

  private async run(): Promise<void> {
    const backOff = new BackOff(100, 5_000);
    while (!this.stopping.signal.aborted) {
      try {
        const { group, topics } = this.options;
        const session = await MemberSession.open({ url: this.url, group, topics, wake: () => this.bell.ring() });
        try {
          backOff.reset();
          await this.follow(session);
        } finally {
          // Handlers in flight may still commit, unless the session is lost anyway.
          if (!session.lost) await Promise.allSettled(this.workers.values());
          await session.close();
        }
      } catch (error) {
        this.log.warn({ group: this.options.group, ...errorFields(error) }, 'bus connection failed, trying again');
      }
      if (!this.stopping.signal.aborted) await pause(backOff.next(), this.stopping.signal);
    }
    await Promise.allSettled(this.workers.values());
    this.became.resolve();
  }

  private async follow(session: MemberSession): Promise<void> {
    const held = new Map<string, Share>();
    const idle = new BackOff(50, 1_000);
    while (!this.stopping.signal.aborted && !session.lost) {
      const partitions = await session.partitions();
      await this.balance(session, held, partitions);
      this.became.resolve();
      for (const { topic, partition, behind } of partitions) {
        const share = held.get(keyOf(topic, partition));
        if (share && !share.revoked && behind > 0) this.startWorker(session, share);
      }
      if (await this.bell.wait(idle.next())) idle.reset();
    }
  }

  /** Gives up what is above the fair share and claims what is free below it. */
  private async balance(session: MemberSession, held: Map<string, Share>, all: readonly PartitionLag[]): Promise<void> {
    const members = await session.members();
    for (const topic of new Set(all.map((one) => one.topic))) {
      const ofTopic = all.filter((one) => one.topic === topic);
      const fair = Math.ceil(ofTopic.length / (members.get(topic) ?? 1));
      const mine = [...held.values()].filter((share) => share.topic === topic);
      for (const share of mine.slice(fair)) share.revoked = true;
      for (const share of mine) {
        const key = keyOf(topic, share.partition);
        if (!share.revoked || this.workers.has(key)) continue;
        held.delete(key);
        await session.release(topic, share.partition);
      }
      let count = mine.length;
      for (const { partition } of ofTopic) {
        const key = keyOf(topic, partition);
        if (count >= fair || held.has(key)) continue;
        if (!(await session.claim(topic, partition))) continue;
        held.set(key, { topic, partition, revoked: false });
        count += 1;
      }
    }
  }

  private startWorker(session: MemberSession, share: Share): void {
    const key = keyOf(share.topic, share.partition);
    // Also true while a worker of a lost session is still in its handler: it must end before the partition goes on here.
    if (this.workers.has(key)) return;
    const worker = this.drain(session, share)
      .catch((error: unknown) => {
        this.log.warn(
          { topic: share.topic, partition: share.partition, ...errorFields(error) },
          'partition interrupted',
        );
      })
      .finally(() => {
        this.workers.delete(key);
        this.bell.ring();
      });
    this.workers.set(key, worker);
  }

  private async drain(session: MemberSession, share: Share): Promise<void> {
    const { topic, partition } = share;
    const goesOn = (): boolean => !this.stopping.signal.aborted && !session.lost && !share.revoked;
    while (goesOn()) {
      const records = await session.fetch(topic, partition, batchSize);
      if (records.length === 0) return;
      for (const record of records) {
        if (!goesOn() || !(await this.deliver(record, share, goesOn))) return;
        await session.commit(topic, partition, record.offset + 1n);
      }
    }
  }

  /** Calls the handler until it resolves. False when the partition is no longer ours to go on with. */
  private async deliver(record: StoredRecord, share: Share, goesOn: () => boolean): Promise<boolean> {
    const origin: Origin = { topic: share.topic, partition: share.partition, offset: record.offset.toString() };
    const backOff = new BackOff(100, 5_000);
    for (;;) {
      try {
        await this.handle(record.value, origin);
        return true;
      } catch (error) {
        this.log.warn({ group: this.options.group, ...origin, ...errorFields(error) }, 'handler failed, trying again');
      }
      await pause(backOff.next(), this.stopping.signal);
      if (!goesOn()) return false;
    }
  }

  private async handle(value: Buffer, origin: Origin): Promise<void> {
    let message;
    try {
      message = decodeMessage(value);
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      return this.options.unreadable({ value, reason: error.message }, origin);
    }
    return this.options.handle(message, origin);
  }
}
