import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from '../free-port.js';
import { kafkaBrokers } from './kafka-brokers.js';
import { startKafka } from './start-kafka.js';

function client(brokers: readonly string[]): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
}

async function produce(brokers: readonly string[], topic: string, value: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

async function firstMessage(brokers: readonly string[], topic: string): Promise<string | undefined> {
  const consumer = client(brokers).consumer({ groupId: `${topic}-reader` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const value = await new Promise<string | undefined>((resolve) => {
    void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  });
  await consumer.disconnect();
  return value;
}

describe('the broker of a test run', () => {
  it('is the same for everybody who asks, and takes and gives messages', async () => {
    const [brokers, again] = await Promise.all([kafkaBrokers(), kafkaBrokers()]);
    expect(again).toEqual(brokers);
    const topic = `shared-${Date.now()}`;
    await produce(brokers, topic, 'hello');
    expect(await firstMessage(brokers, topic)).toBe('hello');
  });
});

describe('a broker of one’s own', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'waymark-kafka-'));
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('has kept what was acknowledged when it is killed and started again', async () => {
    const port = await freePort();
    const first = await startKafka({ dir, port });
    await produce(first.brokers, 'kept', 'still here');
    await first.kill();
    const second = await startKafka({ dir, port });
    try {
      expect(second.brokers).toEqual(first.brokers);
      expect(await firstMessage(second.brokers, 'kept')).toBe('still here');
    } finally {
      await second.remove();
    }
  });
});
