import kafkajs, { type Message, type PartitionerArgs, type Producer } from 'kafkajs';
import { TemporaryFailure } from '../inbox/temporary-failure.js';

/**
 * kafkajs' idempotent producer, whose `send` tries once. At a second try it would leave out messages of a partition whose leader has moved
 * to a broker that had answered already, and resolve; and it would put on a topic that was lost and made anew in between what comes
 * after messages that are gone. Whoever sends looks first, and sends all of them again.
 */
export class OneTryProducer {
  private readonly producer: Producer;
  private readonly tried = new WeakSet<Message>();

  constructor(kafka: kafkajs.Kafka) {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    this.producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => (about) => this.partitionOf(about, choose),
    });
  }

  connect(): Promise<void> {
    return this.producer.connect();
  }

  disconnect(): Promise<void> {
    return this.producer.disconnect();
  }

  /** Rejects with a `TemporaryFailure` when not all were acknowledged: some may lie on the topic. */
  async send(topic: string, messages: Message[]): Promise<void> {
    await this.producer.send({ topic, messages, acks: -1 });
  }

  /** kafkajs asks for it at every try, after it has found out where the partitions are and before it sends anything. */
  private partitionOf(about: PartitionerArgs, choose: (about: PartitionerArgs) => number): number {
    if (this.tried.has(about.message))
      throw new TemporaryFailure('the messages were not acknowledged at the first try');
    this.tried.add(about.message);
    return choose(about);
  }
}
