import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, kafkaBrokers } from '@waymark/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { messageOf, openInboxGround, silent, takeEffect, happened, type InboxGround } from '../inbox/inbox.fixture.js';
import { runConsumer, type Consumer } from '../inbox/run-consumer.js';
import { deadTopicOf, type Bus } from '../port.js';
import { openKafkaBus } from './bus.js';

const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Each with the rule that it breaks, as the dead letter says it. */
const malformed: readonly (readonly [string, string, kafkajs.Message])[] = [
  ['that is no JSON', 'not JSON in UTF-8', { value: 'no {json' }],
  ['that is no UTF-8', 'not JSON in UTF-8', { value: Buffer.from([0xff, 0xfe]) }],
  ['without a value', 'there is no value', { value: null }],
  ['of no bytes', 'not JSON in UTF-8', { value: Buffer.alloc(0) }],
  ['that is a list', 'not a JSON object', { value: text([messageOf('a', 1)]) }],
  ['without an envelope', 'specversion is not 1.0', { value: text({ concernId: 'a' }) }],
  ['of another version', 'specversion is not 1.0', { value: text({ ...messageOf('a', 1), specversion: '2.0' }) }],
  [
    'whose data are no JSON',
    'datacontenttype is not application/json',
    { value: text({ ...messageOf('a', 1), datacontenttype: 'text/xml' }) },
  ],
  [
    'of another content type',
    'content-type is not application/cloudevents+json',
    { value: text(messageOf('a', 1)), headers: { 'content-type': 'application/json' } },
  ],
  [
    'that is too large',
    'larger than 1048576 bytes',
    { value: text(messageOf('a', 1, { data: { text: 'x'.repeat(1_100_000) } })) },
  ],
  ['whose subject no table can hold', 'subject holds a NUL', { value: text(messageOf('a\0', 1)) }],
  [
    'whose id fits into no index',
    'id is longer than 512 bytes',
    { value: text(messageOf('a', 1, { id: 'ع'.repeat(300) })) },
  ],
  [
    'that cannot be written again',
    'nested too deeply',
    {
      value: text(messageOf('a', 1, { data: { deep: 'HERE' } }))
        .toString()
        .replace('"HERE"', deep(100_000)),
    },
  ],
];

describe('a record on Kafka', () => {
  let ground: InboxGround;
  let bus: Bus;
  let producer: kafkajs.Producer;
  let admin: kafkajs.Admin;
  let topic: string;
  let group: string;
  let consumer: Consumer;

  beforeAll(async () => {
    ground = await openInboxGround();
    const brokers = await kafkaBrokers();
    bus = openKafkaBus({ brokers, clientId: 'test', log: silent });
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
    producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    admin = kafka.admin();
    await Promise.all([producer.connect(), admin.connect()]);
  });
  afterAll(async () => {
    await Promise.all([bus.close(), producer.disconnect(), admin.disconnect()]);
    await ground.close();
  });
  beforeEach(async () => {
    group = `g-${randomUUID()}`;
    topic = `waymark.test-${randomUUID()}`;
    // One partition: what is malformed lies before what is not.
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '4000000' }] }],
    });
    await bus.ensureTopics([{ name: deadTopicOf(group), keep: { days: 1 } }]);
  });
  afterEach(() => consumer.stop());

  const start = (fails: (sequence: number) => boolean = () => false): void => {
    consumer = runConsumer({
      bus,
      group,
      topics: [topic],
      dataSource: ground.dataSource,
      handlers: {
        [happened]: async (message, { manager }) => {
          await takeEffect(group, message, manager);
          if (fails(message.sequence)) throw new Error('poison that quotes what was sealed');
        },
      },
      retries: { attempts: 2, firstPauseMs: 5 },
      sweepEveryMs: 50,
      onDecision: async () => undefined,
      log: silent,
    });
  };
  const effects = async (): Promise<number[]> => {
    const rows = await ground.dataSource.query<{ sequence: number }[]>(
      'select sequence from effects where consumer = $1 order by place',
      [group],
    );
    return rows.map(({ sequence }) => sequence);
  };

  /** What lies on the topic of dead letters. */
  const copies = async (count: number): Promise<kafkajs.KafkaMessage[]> => {
    const kafka = new kafkajs.Kafka({ brokers: [...(await kafkaBrokers())], logLevel: kafkajs.logLevel.NOTHING });
    const reader = kafka.consumer({ groupId: `reader-${group}` });
    const records: kafkajs.KafkaMessage[] = [];
    await reader.connect();
    await reader.subscribe({ topic: deadTopicOf(group), fromBeginning: true });
    await reader.run({ eachMessage: async ({ message }) => void records.push(message) });
    await eventually(() => records.length >= count, { timeoutMs: 30_000 });
    await reader.disconnect();
    return records;
  };

  it.each(malformed)('%s becomes a dead letter, and what lies behind it has its effect', async (_, rule, record) => {
    await producer.send({
      topic,
      messages: [
        { key: 'a', ...record },
        { key: 'a', value: text(messageOf('a', 1)) },
      ],
    });
    start();
    await eventually(async () => expect(await effects()).toEqual([1]), { timeoutMs: 30_000 });
    const letters = await consumer.deadLetters();
    expect(letters).toMatchObject([
      { reason: 'unreadable', detail: rule, origin: { topic, partition: 0, offset: '0' } },
    ]);
    expect(letters[0]?.value.equals(Buffer.from(record.value ?? ''))).toBe(true);
  });

  it('that cannot be handled is copied to the topic of dead letters with why and where from, and without the error’s text', async () => {
    const messages = [1, 2].map((sequence) => messageOf('a', sequence));
    await producer.send({ topic, messages: messages.map((message) => ({ key: 'a', value: text(message) })) });
    start((sequence) => sequence === 1);
    const [poison, behind] = await copies(2);
    const headers = Object.fromEntries(
      Object.entries(poison?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(headers).toMatchObject({
      dead_consumer: group,
      dead_reason: 'handler_failed',
      dead_topic: topic,
      dead_partition: '0',
      dead_offset: '0',
      dead_attempts: '2',
    });
    expect(headers['dead_stack']).toMatch(/^\s+at .*malformed-records\.spec/);
    expect(JSON.stringify(headers)).not.toContain('quotes');
    expect(Date.parse(headers['dead_first_failed_at'] ?? '')).toBeLessThanOrEqual(
      Date.parse(headers['dead_failed_at'] ?? ''),
    );
    expect(poison?.key?.toString()).toBe('a');
    expect(JSON.parse(poison?.value?.toString() ?? '')).toEqual(messages[0]);
    expect(String(behind?.headers?.['dead_reason'])).toBe('behind_dead_letter');
    const [letter] = await consumer.deadLetters();
    expect(letter).toMatchObject({ attempts: 2, detail: 'poison that quotes what was sealed' });
  });

  it('that is too large for the topic of dead letters is named there all the same', async () => {
    await producer.send({ topic, messages: [{ key: 'a', value: Buffer.alloc(1_500_000, 'x') }] });
    start();
    const [copy] = await copies(1);
    expect(copy?.value).toHaveLength(0);
    expect(String(copy?.headers?.['dead_value_left_out'])).toBe('1500000 bytes');
    expect((await consumer.deadLetters())[0]?.value).toHaveLength(1_500_000);
  });
});
