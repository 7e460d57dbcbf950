import type { IHeaders, Kafka, Message as KafkaMessage } from 'kafkajs';
import { encodeMessage } from '../envelope.js';
import type { Message } from '../port.js';
import { within } from '../waiting.js';
import { OneTryProducer } from './one-try-producer.js';

// Below the broker's default limit of 1 MiB for one batch, with room for headers.
const mostBytesPerSend = 512 * 1024;

// kafkajs asks again over the connection that gave no answer: over a dead one, for a minute and a half.
const acknowledgedWithinMs = 20_000;
const droppedWithinMs = 2_000;

/** Every attribute of the body again, so that a record can be routed and traced without reading it. */
function headersOf({ data: _data, datacontenttype: _isInTheBody, ...attributes }: Message): IHeaders {
  const headers: IHeaders = { 'content-type': 'application/cloudevents+json' };
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) headers[`ce_${name}`] = String(value);
  return headers;
}

const recordOf = (message: Message) => ({
  key: message.subject,
  value: encodeMessage(message),
  headers: headersOf(message),
});

interface SizedRecord extends KafkaMessage {
  readonly value: Buffer;
}

/** Cuts into sends of bounded size, keeping the order. */
function* sendsOf(records: readonly SizedRecord[]): Generator<KafkaMessage[]> {
  let send: KafkaMessage[] = [];
  let bytes = 0;
  for (const record of records) {
    if (send.length > 0 && bytes + record.value.length > mostBytesPerSend) {
      yield send;
      [send, bytes] = [[], 0];
    }
    send.push(record);
    bytes += record.value.length;
  }
  if (send.length > 0) yield send;
}

/**
 * Publishes with one send in flight, acknowledged by all replicas in sync. A producer that failed is thrown away: kafkajs' idempotent
 * one may be left with a sequence number that the broker refuses for ever.
 */
export class Publisher {
  private producer: Promise<OneTryProducer> | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly kafka: Kafka) {}

  publish(topic: string, messages: readonly Message[]): Promise<void> {
    return this.publishRecords(topic, messages.map(recordOf));
  }

  publishRecords(topic: string, records: readonly SizedRecord[]): Promise<void> {
    const result = this.queue.then(() => this.send(topic, [...sendsOf(records)]));
    this.queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.queue;
    await this.drop();
  }

  private async send(topic: string, sends: readonly KafkaMessage[][]): Promise<void> {
    try {
      const producer = await (this.producer ??= this.connect());
      for (const messages of sends) await within(acknowledgedWithinMs, producer.send(topic, messages));
    } catch (error) {
      await this.drop();
      throw error;
    }
  }

  private async connect(): Promise<OneTryProducer> {
    const producer = new OneTryProducer(this.kafka);
    await producer.connect();
    return producer;
  }

  private async drop(): Promise<void> {
    const dropped = this.producer;
    this.producer = undefined;
    await within(droppedWithinMs, dropped?.then((producer) => producer.disconnect()) ?? Promise.resolve()).catch(
      () => undefined,
    );
  }
}
