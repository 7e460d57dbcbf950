import { describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import kafkajs, { Kafka, logLevel, type Consumer, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import { createRequire } from 'node:module';
import type { SubscribeOptions } from '../delivery.js';
import { encodeMessage } from '../envelope.js';
import { messageOf, silent } from '../inbox/inbox.fixture.js';
import { Deferred } from '../waiting.js';
import { Assignment } from './assignment.js';

interface Partitions {
  readonly topic: string;
  readonly partitions?: number[];
}

const SubscriptionState: new () => {
  assign(partitions: readonly Partitions[]): void;
  pause(partitions: readonly Partitions[]): void;
  resume(partitions: readonly Partitions[]): void;
  active(): readonly Required<Partitions>[];
} = createRequire(import.meta.url)('kafkajs/src/consumer/subscriptionState.js');

const { createErrorFromCode }: { readonly createErrorFromCode: (code: number) => Error } = createRequire(
  import.meta.url,
)('kafkajs/src/protocol/error.js');
/** As the protocol numbers it. */
const unknownTopic = 3;

const topic = 'waymark.test';
/** So many that the partition pauses, and goes on again when most are handled. */
const many = 520;

const recordAt = (offset: number): KafkaMessage => ({
  key: null,
  value: encodeMessage(messageOf('subject', offset + 1)),
  timestamp: '0',
  attributes: 0,
  offset: String(offset),
  headers: {},
});

const batchOf = (messages: KafkaMessage[]): EachBatchPayload => ({
  batch: {
    ...{ topic, partition: 0, messages, highWatermark: String(messages.length) },
    isEmpty: () => false,
    firstOffset: () => '0',
    lastOffset: () => String(messages.length - 1),
    offsetLag: () => '0',
    offsetLagLow: () => '0',
  },
  resolveOffset: () => undefined,
  heartbeat: async () => undefined,
  pause: () => () => undefined,
  commitOffsetsIfNecessary: async () => undefined,
  uncommittedOffsets: () => ({ topics: [] }),
  isRunning: () => true,
  isStale: () => false,
});

/** Is over, as a consumer is after it was stopped or has crashed: kafkajs refuses to resume it. */
function endedConsumer(changed: Partial<Consumer> = {}): Consumer {
  const kafka = new Kafka({ brokers: ['localhost:1'], logLevel: logLevel.NOTHING });
  return { ...kafka.consumer({ groupId: 'test' }), pause: () => undefined, ...changed };
}

function assigned(changed: Partial<SubscribeOptions> = {}, consumer = endedConsumer()) {
  const released = new Deferred();
  const handled: string[] = [];
  const options: SubscribeOptions = {
    group: 'test',
    topics: [topic],
    handle: async (_message, { offset }) => {
      await released.promise;
      handled.push(offset);
    },
    unreadable: async () => undefined,
    ...changed,
  };
  const assignment = new Assignment(consumer, options, new Map(), silent);
  assignment.assign({ [topic]: [0] });
  assignment.take(batchOf(Array.from({ length: many }, (_, offset) => recordAt(offset))));
  return { assignment, handled, released };
}

describe('an assignment whose consumer is over while records of it are being handled', () => {
  it('hands on what it has, and closes without a failure', async () => {
    const { assignment, handled, released } = assigned();
    released.resolve();
    await eventually(() => handled.length === many, { timeoutMs: 5_000 });
    await expect(assignment.close()).resolves.toBeUndefined();
  });

  it('hands on what it has although something beside the handler fails', async () => {
    let failures = 0;
    const { assignment, handled, released } = assigned({
      onMeasure: () => {
        if (failures++ === 0) throw new Error('no measure taken');
      },
    });
    released.resolve();
    await eventually(() => handled.length === many, { timeoutMs: 5_000 });
    await expect(assignment.close()).resolves.toBeUndefined();
  });
});

describe('a partition that was paused, because its handlers are slow', () => {
  /** What kafkajs fetches, by its own account. */
  const fetching = () => {
    const state = new SubscriptionState();
    const consumer = endedConsumer({
      pause: (partitions) => state.pause(partitions),
      resume: (partitions) => state.resume(partitions),
    });
    state.assign([{ topic, partitions: [0] }]);
    const { assignment } = assigned({}, consumer);
    const assign = (partitions: number[]): void => {
      state.assign([{ topic, partitions }]);
      assignment.assign({ [topic]: partitions });
    };
    return { assign, fetched: () => state.active().flatMap(({ partitions }) => partitions) };
  };

  it('is not fetched until most is handled', () => {
    const { fetched } = fetching();
    expect(fetched()).toEqual([]);
  });

  it('is among those that are fetched when it stays with its member', () => {
    const { assign, fetched } = fetching();
    assign([0, 1]);
    expect(fetched()).toEqual([0, 1]);
  });

  it('is among those that are fetched when it went to another member and came back', () => {
    const { assign, fetched } = fetching();
    assign([1]);
    expect(fetched()).toEqual([1]);
    assign([0, 1]);
    expect(fetched()).toEqual([0, 1]);
  });
});

describe('an offset that the broker did not take', () => {
  const refusing = (why = new Error()) => {
    const asked: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const consumer = endedConsumer({
      commitOffsets: async (offsets) => {
        asked.push(offsets.map(({ offset }) => offset));
        if (asked.length === 1) await new Promise<void>((_taken, refused) => answers.push(() => refused(why)));
      },
    });
    return { asked, consumer, refuse: () => answers.forEach((answer) => answer()) };
  };

  it('is committed the next time, although nothing more has come', async () => {
    const { asked, consumer, refuse } = refusing();
    const { assignment, handled, released } = assigned({}, consumer);
    released.resolve();
    await eventually(() => handled.length === many, { timeoutMs: 5_000 });
    assignment.commitInPassing();
    refuse();
    await assignment.commitAll();
    await assignment.commitAll();
    expect(asked).toEqual([[String(many)], [String(many)]]);
  });

  it('is left to whoever has the partition now', async () => {
    const { asked, consumer, refuse } = refusing();
    const { assignment, handled, released } = assigned({}, consumer);
    released.resolve();
    await eventually(() => handled.length === many, { timeoutMs: 5_000 });
    assignment.commitInPassing();
    assignment.assign({});
    refuse();
    await assignment.commitAll();
    expect(asked).toEqual([[String(many)]]);
  });

  it('is forgotten when its topic is gone: made anew, that begins at 0', async () => {
    const cause = createErrorFromCode(unknownTopic);
    const gaveUp = new kafkajs.KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 5_000 });
    const { asked, consumer, refuse } = refusing(gaveUp);
    const { assignment, handled, released } = assigned({}, consumer);
    released.resolve();
    await eventually(() => handled.length === many, { timeoutMs: 5_000 });
    assignment.commitInPassing();
    refuse();
    await assignment.commitAll();
    expect(asked).toEqual([[String(many)]]);
  });
});
