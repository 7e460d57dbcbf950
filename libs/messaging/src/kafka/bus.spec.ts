import { describe, expect, it } from '@jest/globals';
import { eventually, kafkaBrokers } from '@waymark/testing';
import { CloudEvent, Kafka, type KafkaMessage } from 'cloudevents';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { describeBusContract, type BusMember } from '../contract-suite.js';
import type { Log } from '../log.js';
import type { Message } from '../port.js';
import { openKafkaBus } from './bus.js';

const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const nobodyListens = 1;

/** A member whose every connection can be cut, and whose later ones find nobody. */
function openWithCut(brokers: readonly string[]): BusMember {
  const sockets = new Set<Socket>();
  let cut = false;
  const bus = openKafkaBus({
    brokers,
    clientId: 'test',
    sessionTimeoutMs: 6_000,
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect(cut ? nobodyListens : port, cut ? '127.0.0.1' : host, onConnect);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      return socket;
    },
    log,
  });
  return {
    bus,
    die: async () => {
      cut = true;
      for (const socket of sockets) socket.destroy(new Error('connection reset'));
    },
  };
}

const plainKafka = async (): Promise<kafkajs.Kafka> =>
  new kafkajs.Kafka({ clientId: 'outsider', brokers: [...(await kafkaBrokers())], logLevel: kafkajs.logLevel.NOTHING });

describeBusContract('Kafka', async () => {
  const brokers = await kafkaBrokers();
  const producer = (await plainKafka()).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    open: async () => openWithCut(brokers),
    publishRaw: async (topic, key, value) => {
      await producer.send({ topic, messages: [{ key, value }] });
    },
    dispose: () => producer.disconnect(),
  };
});

const messageOf = (subject: string, sequence: number, data: object = {}): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/waymark/test',
  type: 'test.something-happened.v1',
  subject,
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  partitionkey: subject,
  correlationid: 'correlation',
  causationid: 'causation',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  data,
});

describe('the Kafka bus', () => {
  it('writes CloudEvents in structured JSON, keyed by subject, with the attributes as headers too', async () => {
    const brokers = await kafkaBrokers();
    const bus = openKafkaBus({ brokers, clientId: 'test', log });
    const topic = `waymark.test-${randomUUID()}`;
    const reader = (await plainKafka()).consumer({ groupId: `reader-${topic}` });
    try {
      await bus.ensureTopics([topic]);
      const message = messageOf('konzern-ع', 7);
      await bus.publish(topic, [message]);
      const records: kafkajs.KafkaMessage[] = [];
      await reader.connect();
      await reader.subscribe({ topics: [topic], fromBeginning: true });
      await reader.run({
        eachMessage: async (payload) => {
          records.push(payload.message);
        },
      });
      await eventually(() => records.length === 1, { timeoutMs: 30_000 });
      const [record] = records;
      expect(record?.key?.toString()).toBe('konzern-ع');
      expect(JSON.parse(record?.value?.toString() ?? '')).toEqual(message);
      const headers = Object.fromEntries(
        Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      const { data: _data, datacontenttype: _datacontenttype, ...attributes } = message;
      expect(headers).toEqual({
        'content-type': 'application/cloudevents+json',
        ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])),
      });
      expect(headers).toMatchObject({ ce_sequence: '7', ce_partitionkey: 'konzern-ع' });
      const received: KafkaMessage<unknown> = {
        ...{ key: 'konzern-ع', value: record?.value?.toString(), headers, body: undefined },
      };
      const event = Kafka.toEvent(received);
      expect(event).toEqual(new CloudEvent({ ...message }, true));
    } finally {
      await reader.disconnect();
      await bus.close();
    }
  });

  it('declares its topics in full', async () => {
    const bus = openKafkaBus({ brokers: await kafkaBrokers(), clientId: 'test', partitions: 3, log });
    const topic = `waymark.test-${randomUUID()}`;
    const admin = (await plainKafka()).admin();
    try {
      await bus.ensureTopics([topic]);
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions.length).toBe(3);
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
      });
      const config = Object.fromEntries(
        (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
      );
      expect(config).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '-1', 'min.insync.replicas': '1' });
    } finally {
      await admin.disconnect();
      await bus.close();
    }
  });

  it('publishes more at once than fits into one request, in order', async () => {
    const bus = openKafkaBus({ brokers: await kafkaBrokers(), clientId: 'test', log });
    const topic = `waymark.test-${randomUUID()}`;
    try {
      await bus.ensureTopics([topic]);
      const text = 'x'.repeat(10_000);
      await bus.publish(
        topic,
        Array.from({ length: 300 }, (_, index) => messageOf('big', index + 1, { text })),
      );
      const sequences: number[] = [];
      bus.subscribe({
        group: `group-${topic}`,
        topics: [topic],
        handle: async ({ sequence }) => {
          sequences.push(sequence);
        },
        unreadable: async () => undefined,
      });
      await eventually(() => sequences.length >= 300, { timeoutMs: 30_000 });
      expect(sequences).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    } finally {
      await bus.close();
    }
  });

  it('loses nothing and keeps the order when members come and go while handlers are slow', async () => {
    const brokers = await kafkaBrokers();
    const publisher = openKafkaBus({ brokers, clientId: 'publisher', log });
    const topic = `waymark.test-${randomUUID()}`;
    const members = [0, 1, 2].map(() => openKafkaBus({ brokers, clientId: 'member', sessionTimeoutMs: 6_000, log }));
    const subjects = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const seen = new Map<string, number[]>(subjects.map((subject) => [subject, []]));
    const join = (bus: ReturnType<typeof openKafkaBus>) =>
      bus.subscribe({
        group: `group-${topic}`,
        topics: [topic],
        handle: async ({ subject, sequence }) => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          const sequences = seen.get(subject) ?? [];
          if (!sequences.includes(sequence)) sequences.push(sequence);
        },
        unreadable: async () => undefined,
      });
    try {
      await publisher.ensureTopics([topic]);
      await publisher.publish(
        topic,
        Array.from({ length: 100 }, (_, index) => subjects.map((subject) => messageOf(subject, index + 1))).flat(),
      );
      const [first, second, third] = members.map(join);
      await Promise.all([first?.ready, second?.ready]);
      await first?.stop();
      await third?.ready;
      await second?.stop();
      await eventually(() => [...seen.values()].every((sequences) => sequences.length === 100), { timeoutMs: 45_000 });
      for (const sequences of seen.values())
        expect(sequences).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    } finally {
      await Promise.all([publisher, ...members].map((bus) => bus.close()));
    }
  });
});
