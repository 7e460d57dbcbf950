import { describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { createRequire } from 'node:module';
import { TemporaryFailure } from '../inbox/temporary-failure.js';
import { Publisher } from './publisher.js';

type Send = (batch: {
  acks: number | undefined;
  topicMessages: { topic: string; messages: kafkajs.Message[] }[];
}) => Promise<kafkajs.RecordMetadata[]>;

const require = createRequire(import.meta.url);
const createSend: (parts: object) => Send = require('kafkajs/src/producer/sendMessages.js');
const createRetry: (options: object) => unknown = require('kafkajs/src/retry/index.js');
const { createErrorFromCode }: { createErrorFromCode(code: number): Error } = require('kafkajs/src/protocol/error.js');

const [unknownTopic, notLeader] = [3, 6];
const partitions = [0, 1, 2];

interface Produced {
  readonly topicData: {
    readonly topic: string;
    readonly partitions: { readonly partition: number; readonly messages: kafkajs.Message[] }[];
  }[];
}

/**
 * Three brokers that lead a partition each. In the first send, the partition of the third moves to the first, which has answered by then;
 * or none of them has the topic, which is there anew a moment later.
 */
class Brokers {
  readonly written = new Set<string>();
  private leaders = [1, 2, 3];
  private lost = this.happens === 'the topic is lost';
  private readonly brokers = [1, 2, 3].map((nodeId) => ({
    nodeId,
    produce: async ({ topicData }: Produced) => {
      if (this.lost) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        this.lost = false;
        throw createErrorFromCode(unknownTopic);
      }
      if (nodeId === 3 && this.leaders[2] === 3) {
        this.leaders = [1, 2, 1];
        // The others answer meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const topics = topicData.map(({ topic, partitions: asked }) => ({
        topicName: topic,
        partitions: asked.map(({ partition, messages }) => {
          if (this.leaders[partition] !== nodeId) throw createErrorFromCode(notLeader);
          for (const { value } of messages) this.written.add(String(value));
          return { partition, errorCode: 0, baseOffset: '0' };
        }),
      }));
      return { topics };
    },
  }));

  constructor(private readonly happens: 'a leader moves' | 'the topic is lost') {}

  /** kafkajs' own way of sending, over these brokers. */
  get kafka(): kafkajs.Kafka {
    const plain = new kafkajs.Kafka({ brokers: ['localhost:1'], logLevel: kafkajs.logLevel.NOTHING });
    return Object.assign(plain, { producer: (config: kafkajs.ProducerConfig) => this.producer(config) });
  }

  private producer({ createPartitioner }: kafkajs.ProducerConfig): kafkajs.Producer {
    const send = createSend({
      logger: plainLogger,
      cluster: this.cluster,
      partitioner: createPartitioner?.(),
      eosManager,
      retrier: createRetry({ retries: 5, initialRetryTime: 10 }),
    });
    return {
      ...new kafkajs.Kafka({ brokers: ['localhost:1'], logLevel: kafkajs.logLevel.NOTHING }).producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
      connect: async () => undefined,
      disconnect: async () => undefined,
      send: ({ topic, messages, acks }) => send({ acks, topicMessages: [{ topic, messages }] }),
    };
  }

  private get cluster(): object {
    return {
      targetTopics: new Set<string>(),
      addMultipleTargetTopics: async () => undefined,
      refreshMetadataIfNecessary: async () => undefined,
      refreshMetadata: async () => undefined,
      isConnected: () => true,
      findTopicPartitionMetadata: () =>
        partitions.map((partitionId) => ({ partitionId, leader: this.leaders[partitionId] })),
      findLeaderForPartitions: (_topic: string, asked: string[]) =>
        Object.fromEntries(
          this.leaders.map((leader) => [leader, asked.map(Number).filter((each) => this.leaders[each] === leader)]),
        ),
      findBroker: async ({ nodeId }: { nodeId: string }) => this.brokers[Number(nodeId) - 1],
    };
  }
}

const plainLogger = { debug: () => undefined, error: () => undefined };
const eosManager = {
  isTransactional: () => false,
  acquireBrokerLock: async () => undefined,
  releaseBrokerLock: async () => undefined,
  getSequence: () => 0,
  updateSequence: () => undefined,
  getProducerId: () => 1,
  getProducerEpoch: () => 0,
};

describe('a page of messages for a topic that is lost, and made anew while it is being sent', () => {
  it('does not lie on the new one before somebody has looked what else is gone', async () => {
    const brokers = new Brokers('the topic is lost');
    const publisher = new Publisher(brokers.kafka);
    const refused = await publisher
      .publishRecords('topic', [{ key: 'one', value: Buffer.from('second message') }])
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TemporaryFailure);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(brokers.written.size).toBe(0);
  });
});

describe('a page of messages for several partitions, of which one moves to a broker that has answered already', () => {
  const bodies = Array.from({ length: 30 }, (_each, index) => `message ${index}`);
  const keyed = bodies.map((body) => ({ key: body, value: Buffer.from(body) }));
  const withoutKeys = keyed.map((record) => ({ ...record, key: null }));

  it.each([
    ['with keys', keyed],
    ['without keys', withoutKeys],
  ])('is not taken for published before all of it is, and is when it is sent again: records %s', async (_, records) => {
    const leaders = new Brokers('a leader moves');
    const publisher = new Publisher(leaders.kafka);
    const refused = await publisher.publishRecords('topic', records).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TemporaryFailure);
    expect(leaders.written.size).toBeLessThan(records.length);
    await publisher.publishRecords('topic', records);
    expect([...leaders.written].sort()).toEqual([...bodies].sort());
  });
});
