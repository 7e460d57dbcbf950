import { deliverInOrder, mostAtOnce, type SubscribeOptions } from '../delivery.js';
import { errorFields, type Log } from '../log.js';
import type { PartitionLag, Subscription } from '../port.js';
import { BackOff, Bell, Deferred, pause } from '../waiting.js';
import { MemberSession } from './member-session.js';

interface Share {
  readonly topic: string;
  readonly partition: number;
  /** Aborted: to be given up after the message in hand. */
  readonly revoked: AbortController;
}

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** One member of a group: keeps its fair share of the partitions and drains each in order, partitions side by side. */
export class PostgresSubscription implements Omit<Subscription, 'lag'> {
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
          if (!session.ended.aborted) await Promise.allSettled(this.workers.values());
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
    while (!this.stopping.signal.aborted && !session.ended.aborted) {
      const partitions = await session.partitions();
      await this.balance(session, held, partitions);
      this.became.resolve();
      for (const { topic, partition, behind } of partitions) {
        const share = held.get(keyOf(topic, partition));
        if (share && !share.revoked.signal.aborted && behind > 0) this.startWorker(session, share);
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
      for (const share of mine.slice(fair)) share.revoked.abort();
      for (const share of mine) {
        const key = keyOf(topic, share.partition);
        if (!share.revoked.signal.aborted || this.workers.has(key)) continue;
        held.delete(key);
        await session.release(topic, share.partition);
      }
      let count = mine.length;
      for (const { partition } of ofTopic) {
        const key = keyOf(topic, partition);
        if (count >= fair || held.has(key)) continue;
        if (!(await session.claim(topic, partition))) continue;
        held.set(key, { topic, partition, revoked: new AbortController() });
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
    const ending = AbortSignal.any([this.stopping.signal, share.revoked.signal, session.ended]);
    while (!ending.aborted) {
      const records = await session.fetch(topic, partition, mostAtOnce);
      if (records.length === 0) return;
      const fetched = records.map(({ offset, value }) => ({
        value,
        next: offset + 1n,
        origin: { topic, partition, offset: offset.toString() },
      }));
      const done = await deliverInOrder(this.options, fetched, ending, this.log, async (handled) => {
        const last = handled.at(-1);
        if (last) await session.commit(topic, partition, last.next);
      });
      if (!done) return;
    }
  }
}
