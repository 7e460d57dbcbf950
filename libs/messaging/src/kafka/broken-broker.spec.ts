import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, FaultProxy, freePort, startKafka, type RunningKafka } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from '../log.js';
import type { Bus, Message } from '../port.js';
import { openKafkaBus } from './bus.js';

const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const longTest = 180_000;

const messageOf = (sequence: number): Message => ({
  specversion: '1.0',
  id: `message-${sequence}`,
  source: '/waymark/test',
  type: 'test.something-happened.v1',
  subject: 'a',
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: 'correlation',
  causationid: 'causation',
  data: {},
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the Kafka bus heals by itself', () => {
  let dirs: string[];
  let port: number;
  let kafka: RunningKafka;
  let bus: Bus;
  const topic = 'waymark.test';

  const boot = async (): Promise<void> => {
    const dir = await mkdtemp(path.join(tmpdir(), 'waymark-broken-kafka-'));
    dirs.push(dir);
    kafka = await startKafka({ dir, port });
  };

  beforeAll(async () => {
    dirs = [];
    port = await freePort();
    await boot();
    bus = openKafkaBus({ brokers: [`127.0.0.1:${port}`], clientId: 'test', sessionTimeoutMs: 6_000, log });
    await bus.ensureTopics([topic]);
  }, longTest);
  afterAll(async () => {
    await bus.close();
    await kafka.kill();
    await Promise.all(dirs.map((dir) => rm(dir, { recursive: true, force: true })));
  }, longTest);

  it(
    'when the broker is killed and comes back, and when it comes back with all its data gone',
    async () => {
      const received: number[] = [];
      const subscription = bus.subscribe({
        group: 'group',
        topics: [topic],
        handle: async ({ sequence }) => {
          received.push(sequence);
        },
        unreadable: async () => undefined,
      });
      await subscription.ready;
      await bus.publish(topic, range(1, 30).map(messageOf));
      await eventually(() => received.length === 30, { timeoutMs: 30_000 });

      await kafka.kill();
      await expect(bus.publish(topic, [messageOf(31)])).rejects.toThrow();
      kafka = await startKafka({ dir: dirs[0] ?? '', port });
      await eventually(() => bus.publish(topic, range(31, 40).map(messageOf)), { timeoutMs: 60_000 });
      await eventually(() => received.includes(40), { timeoutMs: 60_000 });
      expect([...new Set(received)]).toEqual(range(1, 40));

      await kafka.kill();
      received.length = 0;
      await boot();
      await eventually(() => bus.ensureTopics([topic]), { timeoutMs: 60_000 });
      await eventually(() => bus.publish(topic, range(1, 60).map(messageOf)), { timeoutMs: 60_000 });
      // Whoever asks again before it has learnt that its group is gone may be given the last ones first, and then everything.
      await eventually(() => expect(received.slice(received.lastIndexOf(1))).toEqual(range(1, 60)), {
        timeoutMs: 90_000,
      });
      await subscription.stop();
    },
    longTest,
  );

  describe('within 30 seconds, consumer and publisher, after a network that', () => {
    const ways: readonly (readonly [string, (way: FaultProxy) => unknown])[] = [
      ['swallows everything', (way) => way.blackHole()],
      ['lets nothing of the answers through', (way) => way.holdAnswers()],
      ['is slower than any answer may take', (way) => way.delay(20_000)],
      ['forgets its connections without a word', (way) => (way.forget(), way.blackHole())],
      ['refuses connections', (way) => way.refuse()],
    ];
    interface Healed {
      readonly inMs: number;
      readonly received: readonly number[];
    }
    let outcomes: ReadonlyMap<string, PromiseSettledResult<Healed>>;

    // Each on a way, a topic and a group of its own, so that all of them can be waited for at once.
    beforeAll(async () => {
      const settled = await Promise.allSettled(ways.map(([, strike]) => healAfter(strike)));
      outcomes = new Map(settled.map((outcome, index) => [ways[index]?.[0] ?? '', outcome]));
    }, longTest);

    const healAfter = async (strike: (way: FaultProxy) => unknown): Promise<Healed> => {
      const way = await FaultProxy.open({ host: '127.0.0.1', port });
      const cutOff = openKafkaBus({
        brokers: [`127.0.0.1:${port}`],
        clientId: 'cut-off',
        sessionTimeoutMs: 6_000,
        socketFactory: ({ onConnect }) => connect(way.port, way.host, onConnect),
        log,
      });
      const fresh = `${topic}-${randomUUID()}`;
      const received: number[] = [];
      try {
        await eventually(() => bus.ensureTopics([fresh]), { timeoutMs: 30_000 });
        await cutOff.subscribe({
          group: fresh,
          topics: [fresh],
          handle: async ({ sequence }) => void received.push(sequence),
          unreadable: async () => undefined,
        }).ready;
        await cutOff.publish(fresh, [messageOf(1)]);
        await eventually(() => received.includes(1), { timeoutMs: 30_000 });
        strike(way);
        await expect(cutOff.ping()).rejects.toThrow();
        await bus.publish(fresh, [messageOf(2)]);
        // As the relay does: the same again until it is acknowledged.
        const published = eventually(() => cutOff.publish(fresh, [messageOf(3)]), { timeoutMs: 90_000 });
        // Longer than a session: the group has given its partitions away.
        await new Promise((resolve) => setTimeout(resolve, 8_000));
        await way.heal();
        const healed = Date.now();
        await published;
        await eventually(() => received.includes(3), { timeoutMs: 60_000 });
        await eventually(() => cutOff.ping(), { timeoutMs: 30_000 });
        return { inMs: Date.now() - healed, received: [...new Set(received)] };
      } finally {
        way.close();
        await cutOff.close();
      }
    };

    it.each(ways.map(([what]) => what))('%s', (what) => {
      const outcome = outcomes.get(what);
      if (outcome?.status !== 'fulfilled') throw outcome?.reason;
      expect(outcome.value.inMs).toBeLessThan(30_000);
      expect(outcome.value.received).toEqual([1, 2, 3]);
    });
  });
});
