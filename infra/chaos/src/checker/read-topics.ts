import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { isFields, type Fields, type Published } from './evidence.js';

/** The topics that services publish on. */
export const topicNames = [
  'waymark.intake',
  'waymark.case',
  'waymark.consent',
  'waymark.referral',
  'waymark.facts',
  'waymark.case-facts',
  'waymark.referral-facts',
] as const;

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every record of these topics from the first to what is the last now, each partition in order. A topic that is not there is empty. */
export async function readTopics(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly Published[]>> {
  const kafka = new kafkajs.Kafka({ clientId: 'checker', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const found = new Map<string, Published[]>(topics.map((topic) => [topic, []]));
  const wanted = await endsOf(kafka, topics);
  if (wanted.size === 0) return found;
  const consumer = kafka.consumer({
    groupId: `checker-${randomUUID()}`,
    allowAutoTopicCreation: false,
    // Left alone, kafkajs goes on restarting a consumer that crashed, also when it was disconnected meanwhile.
    retry: { restartOnFailure: async () => false },
  });
  await consumer.connect();
  try {
    await consumer.subscribe({
      topics: [...new Set([...wanted.values()].map(({ topic }) => topic))],
      fromBeginning: true,
    });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ topic, partition, message }) => {
            const place = `${topic}/${partition}`;
            const end = wanted.get(place);
            const bytes = message.value?.toString('utf8') ?? '';
            const offset = BigInt(message.offset);
            if (!end || offset >= end.high) return;
            const key = message.key?.toString('utf8');
            found.get(topic)?.push({ topic, partition, offset, key, text: bytes, fields: parse(bytes) });
            if (offset + 1n === end.high) wanted.delete(place);
            if (wanted.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return found;
}

interface End {
  readonly topic: string;
  readonly high: bigint;
}

/** Where each partition that holds something ends now. */
async function endsOf(kafka: kafkajs.Kafka, topics: readonly string[]): Promise<Map<string, End>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const ends = new Map<string, End>();
    for (const topic of topics.filter((name) => there.has(name)))
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (high !== low) ends.set(`${topic}/${partition}`, { topic, high: BigInt(high) });
    return ends;
  } finally {
    await admin.disconnect();
  }
}
