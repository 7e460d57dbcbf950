import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '../eventually.js';

/**
 * Resolves once a topic has been created and a group joined. An open port comes seconds earlier, while
 * the coordinator is still loading and turns groups away.
 */
export async function untilKafkaIsReady(brokers: readonly string[], timeoutMs: number): Promise<void> {
  const kafka = new Kafka({
    clientId: 'readiness',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const topic = `readiness-${randomBytes(6).toString('hex')}`;
  const admin = kafka.admin();
  const retry = { timeoutMs, everyMs: 100 };
  await eventually(() => admin.connect(), retry);
  try {
    // False when an attempt before was in vain only for whoever asked: the topic is there.
    await eventually(async () => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    }, retry);
    await eventually(() => joinGroup(kafka, topic), retry);
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.disconnect();
  }
}

async function joinGroup(kafka: Kafka, topic: string): Promise<void> {
  // Left alone, kafkajs goes on restarting a consumer that crashed, even when it was disconnected meanwhile.
  const consumer = kafka.consumer({ groupId: topic, retry: { retries: 0, restartOnFailure: async () => false } });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.group_join', () => resolve());
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      consumer.run({ eachMessage: async () => {} }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}
