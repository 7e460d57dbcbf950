import kafkajs, { type Message, type PartitionerArgs, type Producer, type RecordMetadata } from 'kafkajs';
import { TemporaryFailure } from '../inbox/temporary-failure.js';

/**
 * kafkajs' idempotent producer, whose `send` resolves only when every message is acknowledged. kafkajs' own also resolves when some
 * went to nobody: when the leader of a partition moves during a send to a broker that has answered already, it is not asked again.
 */
export class WholeProducer {
  private readonly producer: Producer;
  /** The same at every try of a send: else the answer for a partition would not say which messages it is for. */
  private readonly chosen = new WeakMap<Message, number>();

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

  /** Rejects with a `TemporaryFailure` when not all were acknowledged: some may lie on the topic, and all must be sent again. */
  async send(topic: string, messages: Message[]): Promise<void> {
    const answered = acknowledgedOf(topic, await this.producer.send({ topic, messages, acks: -1 }));
    const missing = messages.filter((message) => !answered.has(this.chosen.get(message) ?? -1)).length;
    if (missing > 0) throw new TemporaryFailure(`${missing} of ${messages.length} messages were sent to nobody`);
  }

  private partitionOf(about: PartitionerArgs, choose: (about: PartitionerArgs) => number): number {
    const partition = this.chosen.get(about.message) ?? choose(about);
    this.chosen.set(about.message, partition);
    return partition;
  }
}

const acknowledgedOf = (topic: string, answers: readonly RecordMetadata[]): ReadonlySet<number> =>
  new Set(
    answers
      .filter(({ topicName, errorCode }) => topicName === topic && errorCode === 0)
      .map(({ partition }) => partition),
  );
