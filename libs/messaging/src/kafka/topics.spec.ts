import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, kafkaBrokers } from '@waymark/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { messageOf, silent } from '../inbox/inbox.fixture.js';
import { WrongTopics, type Bus } from '../port.js';
import { withPrefix } from '../prefixed-bus.js';
import { openKafkaBus } from './bus.js';

describe('declared topics', () => {
  let bus: Bus;
  let admin: kafkajs.Admin;
  let topic: string;

  beforeAll(async () => {
    const brokers = await kafkaBrokers();
    bus = openKafkaBus({ brokers, clientId: 'test', log: silent });
    admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterAll(async () => {
    await Promise.all([bus.close(), admin.disconnect()]);
  });
  beforeEach(() => {
    topic = `waymark.test-${randomUUID()}`;
  });

  const configOf = async (name: string) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
    });
    const entries = resources[0]?.configEntries ?? [];
    return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
  };
  const fault = (declared: Parameters<Bus['ensureTopics']>[0]): Promise<unknown> =>
    bus.ensureTopics(declared).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('are kept for ever, or for as long as was declared', async () => {
    const dead = `${topic}.dead`;
    await bus.ensureTopics([topic, { name: dead, keep: { days: 90 } }]);
    expect(await configOf(topic)).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '-1' });
    expect(await configOf(dead)).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '7776000000' });
    expect(await fault([topic, { name: dead, keep: { days: 90 } }])).toBeUndefined();
  });

  it('that somebody made otherwise are named with all that is not as declared, and left as they are', async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic,
          numPartitions: 2,
          configEntries: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'retention.ms', value: '1000' },
          ],
        },
      ],
    });
    const error = await fault([`${topic}-right`, topic]);
    expect(error).toBeInstanceOf(WrongTopics);
    expect(String(error)).toContain(`topic ${topic}: partitions are 2, declared 6`);
    expect(String(error)).toContain('cleanup.policy is compact, declared delete');
    expect(String(error)).toContain('retention.ms is 1000, declared -1');
    expect(String(error)).not.toContain('-right:');
    expect(await configOf(topic)).toMatchObject({ 'cleanup.policy': 'compact', 'retention.ms': '1000' });
    // What was missing is there all the same.
    await bus.publish(`${topic}-right`, [messageOf('a', 1)]);
  });

  it('cannot have more replicas than there are brokers: that is said, and no topic is made by halves', async () => {
    const three = openKafkaBus({ brokers: await kafkaBrokers(), clientId: 'test', replicationFactor: 3, log: silent });
    await expect(three.ensureTopics([topic])).rejects.toThrow(/replication/i);
    await three.close();
    expect(await admin.listTopics()).not.toContain(topic);
  });

  it('are never made by publishing or consuming', async () => {
    await expect(bus.publish(topic, [messageOf('a', 1)])).rejects.toThrow();
    const subscription = bus.subscribe({
      group: topic,
      topics: [topic],
      handle: async () => undefined,
      unreadable: async () => undefined,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await admin.listTopics()).not.toContain(topic);
    await subscription.stop();
  });

  it('are found by a consumer that came before them', async () => {
    const received: number[] = [];
    const subscription = bus.subscribe({
      group: topic,
      topics: [topic],
      handle: async ({ sequence }) => void received.push(sequence),
      unreadable: async () => undefined,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await bus.ensureTopics([topic]);
    await bus.publish(topic, [messageOf('a', 1)]);
    await eventually(() => received.length === 1, { timeoutMs: 30_000 });
    await subscription.stop();
  });

  it('tell how far a group is behind each partition, whatever prefix is before them', async () => {
    const prefixed = withPrefix('p-', bus);
    await prefixed.ensureTopics([topic]);
    await prefixed.publish(
      topic,
      [1, 2, 3].map((sequence) => messageOf('a', sequence)),
    );
    let stuck = true;
    const measured: string[] = [];
    const subscription = prefixed.subscribe({
      group: topic,
      topics: [topic],
      handle: async ({ sequence }) => {
        if (stuck && sequence === 2) throw new Error('not yet');
      },
      unreadable: async () => undefined,
      onMeasure: (name) => measured.push(name),
    });
    const behind = async () => (await subscription.lag()).reduce((sum, lag) => sum + lag.behind, 0);
    expect(await behind()).toBe(3);
    await subscription.ready;
    await eventually(async () => expect(await behind()).toBe(2), { timeoutMs: 30_000 });
    stuck = false;
    await eventually(async () => expect(await behind()).toBe(0), { timeoutMs: 30_000 });
    expect(new Set(measured)).toEqual(new Set(['consumer_rebalances', 'consumer_batch_seconds']));
    await subscription.stop();
  });
});
