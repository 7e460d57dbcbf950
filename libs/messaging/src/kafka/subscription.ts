import type { Consumer, Kafka } from 'kafkajs';
import type { SubscribeOptions } from '../delivery.js';
import { errorFields, type Log } from '../log.js';
import type { Subscription } from '../port.js';
import { BackOff, Deferred, pause, within } from '../waiting.js';
import { Assignment } from './assignment.js';
import { refusalOf } from './refusal.js';

const commitEveryMs = 200;
// Fetches end at least every second. One that gets no answer for so long hangs: kafkajs goes on asking over a dead connection.
const silentConsumerEndsAfterMs = 20_000;
// While the group rebalances, the broker may wait for a dead member until its session ends.
const silentRebalanceEndsAfterMs = 75_000;
const leaveWithinMs = 5_000;

/** One member of a group. Whatever ends its kafkajs consumer, retriable or not, another one takes its place. */
export class KafkaSubscription implements Omit<Subscription, 'lag'> {
  readonly ready: Promise<void>;
  private readonly became = new Deferred();
  private readonly stopping = new AbortController();
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly done: Promise<void>;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: SubscribeOptions,
    private readonly sessionTimeoutMs: number,
    private readonly log: Log,
  ) {
    this.ready = this.became.promise;
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async run(): Promise<void> {
    const backOff = new BackOff(200, 5_000);
    const { group } = this.options;
    while (!this.stopping.signal.aborted) {
      const ended = new AbortController();
      try {
        await this.consume(ended, () => backOff.reset());
      } catch (error) {
        this.options.onMeasure?.('consumer_restarts', 1, { consumer: group });
        const refused = refusalOf(error);
        if (refused !== undefined) this.log.error({ group }, refused);
        this.log.warn({ group, ...errorFields(error) }, 'consumer ended, another one takes its place');
      }
      await pause(backOff.next(), this.stopping.signal);
    }
    this.became.resolve();
  }

  /** The life of one kafkajs consumer: resolves when stopped, rejects with what ended it. */
  private async consume(ended: AbortController, joined: () => void): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.options.group,
      sessionTimeout: this.sessionTimeoutMs,
      heartbeatInterval: Math.min(3_000, this.sessionTimeoutMs / 3),
      maxWaitTimeInMs: 1_000,
      allowAutoTopicCreation: false,
      // kafkajs' own restart leaves out errors it takes for final, so all are restarted here.
      retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000, restartOnFailure: () => Promise.resolve(false) },
    });
    const assignment = new Assignment(consumer, this.options, this.inFlight, this.log);
    let lastSign = Date.now();
    let patienceMs = silentConsumerEndsAfterMs;
    const sign = (): void => {
      lastSign = Date.now();
      patienceMs = silentConsumerEndsAfterMs;
    };
    const stopTaking = (): void => void assignment.close();
    this.stopping.signal.addEventListener('abort', stopTaking);
    const { GROUP_JOIN, REBALANCING, HEARTBEAT, FETCH, CRASH } = consumer.events;
    consumer.on(HEARTBEAT, sign);
    consumer.on(FETCH, sign);
    consumer.on(REBALANCING, () => {
      patienceMs = silentRebalanceEndsAfterMs;
    });
    consumer.on(CRASH, ({ payload }) => ended.abort(payload.error));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      sign();
      this.options.onMeasure?.('consumer_rebalances', 1, { consumer: this.options.group });
      assignment.assign(payload.memberAssignment);
      joined();
      this.became.resolve();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => {
          try {
            assignment.take(payload);
          } catch (error) {
            ended.abort(error);
            throw error;
          }
        },
      });
      const over = AbortSignal.any([ended.signal, this.stopping.signal]);
      while (!over.aborted) {
        await pause(commitEveryMs, over);
        assignment.commitInPassing();
        if (Date.now() - lastSign > patienceMs) throw new Error('the consumer hangs');
      }
      ended.signal.throwIfAborted();
    } finally {
      this.stopping.signal.removeEventListener('abort', stopTaking);
      await this.leave(consumer, assignment, ended.signal.aborted);
    }
  }

  private async leave(consumer: Consumer, assignment: Assignment, crashed: boolean): Promise<void> {
    if (this.stopping.signal.aborted) {
      await assignment.close();
      if (!crashed) await within(leaveWithinMs, assignment.commitAll()).catch(() => undefined);
    } else {
      // Handlers in flight end in their own time; the next assignment of their partition waits for them.
      void assignment.close();
    }
    await within(leaveWithinMs, consumer.disconnect()).catch((error: unknown) =>
      this.log.warn({ group: this.options.group, ...errorFields(error) }, 'consumer did not leave its group'),
    );
  }
}
