import { randomBytes, randomUUID } from 'node:crypto';
import kafkajs, { type EachMessageHandler, type Kafka, type Message, type Producer } from 'kafkajs';

const partitions = 6;

/** kafkajs and nothing else, with the settings of the bus: idempotent, acknowledged by all replicas, one send in flight. */
export class BareKafka {
  private constructor(
    private readonly kafka: Kafka,
    private readonly producer: Producer,
  ) {}

  static async open(brokers: readonly string[]): Promise<BareKafka> {
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING });
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return new BareKafka(kafka, producer);
  }

  async newTopic(): Promise<string> {
    const topic = `bare-${randomUUID()}`;
    const admin = this.kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
    await admin.disconnect();
    return topic;
  }

  /** Answers a function that sends one message of this size and tells after how many milliseconds a consumer had it. */
  async wayThrough(
    bytes: number,
  ): Promise<{ readonly once: () => Promise<number>; readonly stop: () => Promise<void> }> {
    const topic = await this.newTopic();
    const arrivals = new Map<string, () => void>();
    const consumer = this.kafka.consumer({ groupId: topic, maxWaitTimeInMs: 1_000 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => arrivals.get(String(message.key))?.() });
    const value = randomBytes(bytes / 2).toString('hex');
    const once = async (): Promise<number> => {
      const key = randomUUID();
      const begun = performance.now();
      const arrived = new Promise<number>((resolve) => {
        arrivals.set(key, () => resolve(performance.now() - begun));
      });
      await this.producer.send({ topic, acks: -1, messages: [{ key, value }] });
      const took = await arrived;
      arrivals.delete(key);
      return took;
    };
    return { once, stop: () => consumer.disconnect() };
  }

  /** The first so many messages of a topic, with their headers. */
  async messagesOf(topic: string, count: number): Promise<readonly Message[]> {
    const found: Message[] = [];
    const consumer = this.kafka.consumer({ groupId: randomUUID() });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage: EachMessageHandler = async ({ message: { key, value, headers = {} } }) => {
        found.push({ key, value, headers });
        if (found.length === count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    return found.slice(0, count);
  }

  /** Sends a batch as often as it takes for so many messages; answers how many it sent. */
  async sendAll(topic: string, batch: readonly Message[], count: number): Promise<number> {
    let sent = 0;
    for (; sent < count; sent += batch.length) await this.producer.send({ topic, acks: -1, messages: [...batch] });
    return sent;
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}
