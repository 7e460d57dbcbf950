import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort, startKafka, type RunningKafka } from '@waymark/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
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
      await eventually(() => received.includes(60), { timeoutMs: 90_000 });
      expect([...new Set(received)]).toEqual(range(1, 60));
      await subscription.stop();
    },
    longTest,
  );

  it(
    'when the network swallows everything for a while and then works again',
    async () => {
      let swallowing = false;
      const sockets = new Set<Socket>();
      const proxy: Server = createServer((near) => {
        const far = connect(port, '127.0.0.1');
        for (const [from, to] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(from);
          from.on('data', (bytes) => {
            if (!swallowing) to.write(bytes);
          });
          from.on('error', () => to.destroy());
          from.on('close', () => to.destroy());
        }
      });
      const proxyPort = await freePort();
      await new Promise<void>((resolve) => proxy.listen(proxyPort, '127.0.0.1', resolve));
      const cutOff = openKafkaBus({
        brokers: [`127.0.0.1:${port}`],
        clientId: 'cut-off',
        sessionTimeoutMs: 6_000,
        socketFactory: ({ onConnect }) => connect(proxyPort, '127.0.0.1', onConnect),
        log,
      });
      const fresh = `${topic}-swallowed`;
      const received: number[] = [];
      try {
        await bus.ensureTopics([fresh]);
        await cutOff.subscribe({
          group: 'swallowed',
          topics: [fresh],
          handle: async ({ sequence }) => {
            received.push(sequence);
          },
          unreadable: async () => undefined,
        }).ready;
        await bus.publish(fresh, [messageOf(1)]);
        await eventually(() => received.includes(1), { timeoutMs: 30_000 });
        swallowing = true;
        await expect(cutOff.ping()).rejects.toThrow();
        await bus.publish(fresh, [messageOf(2)]);
        swallowing = false;
        await eventually(() => received.includes(2), { timeoutMs: 60_000 });
        await eventually(() => cutOff.ping(), { timeoutMs: 30_000 });
        expect([...new Set(received)]).toEqual([1, 2]);
      } finally {
        await cutOff.close();
        for (const socket of sockets) socket.destroy();
        proxy.close();
      }
    },
    longTest,
  );
});
