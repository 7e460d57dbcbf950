import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Bus, Message, Origin, Subscription } from './port.js';
import { Deferred, pause } from './waiting.js';

/** One process of the system as the bus sees it. */
export interface BusMember {
  readonly bus: Bus;
  /** Cuts it off for good, as if the process or its network had died: no word to the broker, no way back. */
  die(): Promise<void>;
}

/** What an adapter's spec supplies. All members reach the same broker. */
export interface BusUnderTest {
  open(): Promise<BusMember>;
  /** Puts bytes on the topic that no publisher of ours would send. */
  publishRaw(topic: string, subject: string, value: Buffer): Promise<void>;
  dispose(): Promise<void>;
}

interface Delivery {
  readonly message: Message;
  readonly origin: Origin;
  readonly member: string;
}

const deadlineMs = 45_000;

async function until(check: () => boolean): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${check.toString()}`);
    await pause(20);
  }
}

const messageOf = (subject: string, sequence: number, data: object = {}): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/waymark/test',
  type: 'test.something-happened.v1',
  subject,
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: 'correlation',
  causationid: 'causation',
  data,
});

const series = (subject: string, from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => messageOf(subject, from + index));

const subjects = Array.from({ length: 24 }, (_, index) => `subject-${index}`);

/** First deliveries only: at least once allows repeats, but no message may come before its predecessor has come. */
function firstSequences(deliveries: readonly Delivery[], subject: string): number[] {
  const seen = new Set<string>();
  return deliveries
    .filter(({ message }) => message.subject === subject && !seen.has(message.id) && seen.add(message.id))
    .map(({ message }) => message.sequence);
}

const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

/** What every bus must keep. Real brokers only. */
export function describeBusContract(name: string, start: () => Promise<BusUnderTest>): void {
  describe(`${name} keeps the contract of the bus`, () => {
    let broker: BusUnderTest;
    let bus: Bus;
    let topic: string;
    let running: Subscription[];

    beforeAll(async () => {
      broker = await start();
      bus = (await broker.open()).bus;
    });
    afterAll(async () => {
      await bus.close();
      await broker.dispose();
    });
    afterEach(async () => {
      await Promise.all(running.map((subscription) => subscription.stop()));
    });

    const freshTopic = async (): Promise<void> => {
      running = [];
      topic = `waymark.test-${randomUUID()}`;
      await bus.ensureTopics([topic]);
    };

    const listen = (
      deliveries: Delivery[],
      options: Partial<Parameters<Bus['subscribe']>[0]> & { readonly on?: Bus; readonly member?: string } = {},
    ): Subscription => {
      const { on = bus, member = 'one', ...rest } = options;
      const subscription = on.subscribe({
        group: `group-${topic}`,
        topics: [topic],
        handle: async (message, origin) => {
          deliveries.push({ message, origin, member });
        },
        unreadable: async () => {
          throw new Error('nothing unreadable was expected');
        },
        ...rest,
      });
      running.push(subscription);
      return subscription;
    };

    it('delivers what was published, in order per subject', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      await listen(deliveries).ready;
      for (const step of [1, 6, 11]) {
        await bus.publish(
          topic,
          subjects.flatMap((subject) => series(subject, step, step + 4)),
        );
      }
      await until(() => deliveries.length >= subjects.length * 15);
      for (const subject of subjects) expect(firstSequences(deliveries, subject)).toEqual(range(15));
      expect(new Set(deliveries.map(({ origin }) => origin.partition)).size).toBeGreaterThan(1);
    });

    it('delivers everything to each group, and to a group that starts later as well', async () => {
      await freshTopic();
      const [first, second]: [Delivery[], Delivery[]] = [[], []];
      await listen(first, { group: `a-${topic}` }).ready;
      await bus.publish(topic, series('shared', 1, 20));
      await until(() => first.length >= 20);
      await listen(second, { group: `b-${topic}` }).ready;
      await until(() => second.length >= 20);
      expect(firstSequences(first, 'shared')).toEqual(range(20));
      expect(firstSequences(second, 'shared')).toEqual(range(20));
    });

    it('delivers to a consumer that started before there was anything', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      await listen(deliveries).ready;
      await bus.publish(topic, series('late', 1, 1));
      await until(() => deliveries.length >= 1);
      expect(firstSequences(deliveries, 'late')).toEqual([1]);
    });

    it('delivers to a consumer what was published while it was down, once it is back', async () => {
      await freshTopic();
      const [before, after]: [Delivery[], Delivery[]] = [[], []];
      const subscription = listen(before);
      await subscription.ready;
      await bus.publish(topic, series('patient', 1, 5));
      await until(() => before.length >= 5);
      await subscription.stop();
      await bus.publish(topic, series('patient', 6, 12));
      await listen(after).ready;
      await until(() => after.some(({ message }) => message.sequence === 12));
      expect(firstSequences([...before, ...after], 'patient').slice(0, 5)).toEqual(range(5));
      expect(after.map(({ message }) => message.sequence).filter((sequence) => sequence > 5)).toEqual([
        6, 7, 8, 9, 10, 11, 12,
      ]);
    });

    it('gives every character back as it was', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      await listen(deliveries).ready;
      const text = 'أحتاج مساعدة \u200f👩🏽‍⚕️ e\u0301 \u0000 \ud800 "\\ \u2028 漢字';
      const message = messageOf('ünïcode-ع', 1, { text, nested: { [text]: [text] } });
      await bus.publish(topic, [message]);
      await until(() => deliveries.length >= 1);
      expect(deliveries[0]?.message).toEqual(message);
    });

    it('calls a handler that rejects again with the same message, and nothing of its subject passes', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      let failures = 0;
      await listen(deliveries, {
        handle: async (message, origin) => {
          deliveries.push({ message, origin, member: 'one' });
          if (message.subject === 'stubborn' && message.sequence === 3 && ++failures <= 3) throw new Error('not yet');
        },
      }).ready;
      await bus.publish(topic, series('stubborn', 1, 8));
      await until(() => deliveries.some(({ message }) => message.sequence === 8));
      const sequences = deliveries.map(({ message }) => message.sequence);
      expect(sequences.filter((sequence) => sequence === 3).length).toBeGreaterThanOrEqual(4);
      expect(sequences.indexOf(4)).toBeGreaterThan(sequences.lastIndexOf(3));
      expect(firstSequences(deliveries, 'stubborn')).toEqual(range(8));
    });

    it('hands over records that no one can read, and goes on behind them', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      const unreadable: string[] = [];
      await listen(deliveries, {
        unreadable: async ({ value, reason }) => {
          unreadable.push(`${reason}: ${value.toString('hex')}`);
        },
      }).ready;
      await broker.publishRaw(topic, 'mixed', Buffer.from('{"not":"closed'));
      await broker.publishRaw(topic, 'mixed', Buffer.from([0xff, 0xfe, 0x00]));
      await broker.publishRaw(topic, 'mixed', Buffer.from('{"specversion":"1.0"}'));
      await broker.publishRaw(topic, 'mixed', Buffer.alloc(0));
      await bus.publish(topic, series('mixed', 1, 2));
      await until(() => deliveries.length >= 2);
      expect(new Set(unreadable).size).toBe(4);
      expect(firstSequences(deliveries, 'mixed')).toEqual([1, 2]);
    });

    it('refuses to publish what no one could read', async () => {
      await freshTopic();
      await expect(bus.publish(topic, [{ ...messageOf('a', 1), sequence: 0 }])).rejects.toThrow('sequence');
    });

    it('shares the work between the members of a group; when one leaves nothing is lost or out of order', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      const other = await broker.open();
      try {
        await listen(deliveries).ready;
        const leaver = listen(deliveries, { on: other.bus, member: 'two' });
        await leaver.ready;
        let step = 0;
        const publishNext = (): Promise<void> => {
          step += 1;
          return bus.publish(
            topic,
            subjects.map((subject) => messageOf(subject, step)),
          );
        };
        const deadline = Date.now() + deadlineMs;
        while (new Set(deliveries.slice(-subjects.length).map(({ member }) => member)).size < 2) {
          expect(Date.now()).toBeLessThan(deadline);
          await publishNext();
          await until(() => new Set(deliveries.map(({ message }) => message.id)).size >= step * subjects.length);
        }
        await Promise.all([leaver.stop(), publishNext(), publishNext()]);
        await publishNext();
        await until(() => new Set(deliveries.map(({ message }) => message.id)).size >= step * subjects.length);
        for (const subject of subjects) expect(firstSequences(deliveries, subject)).toEqual(range(step));
      } finally {
        await other.bus.close();
      }
    });

    it('gives the share of a member that dies in the middle of a message to those who live', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      const hanging = new Deferred();
      const doomed = await broker.open();
      try {
        const began = new Deferred();
        await listen([], {
          on: doomed.bus,
          handle: () => {
            began.resolve();
            return hanging.promise;
          },
        }).ready;
        await bus.publish(
          topic,
          subjects.flatMap((subject) => series(subject, 1, 3)),
        );
        await began.promise;
        await doomed.die();
        listen(deliveries);
        await until(() => deliveries.length >= subjects.length * 3);
        for (const subject of subjects) expect(firstSequences(deliveries, subject)).toEqual(range(3));
      } finally {
        hanging.resolve();
        await doomed.bus.close();
      }
    });

    it('waits for the handler in flight when it is stopped, and delivers what it had handled to nobody again', async () => {
      await freshTopic();
      const [first, second]: [Delivery[], Delivery[]] = [[], []];
      const [began, mayEnd] = [new Deferred(), new Deferred()];
      let ended = false;
      const subscription = listen(first, {
        handle: async (message, origin) => {
          first.push({ message, origin, member: 'one' });
          began.resolve();
          await mayEnd.promise;
          ended = true;
        },
      });
      await subscription.ready;
      await bus.publish(topic, series('slow', 1, 3));
      await began.promise;
      const stopped = subscription.stop().then(() => ended);
      mayEnd.resolve();
      expect(await stopped).toBe(true);
      expect(first.length).toBe(1);
      await listen(second).ready;
      await until(() => second.some(({ message }) => message.sequence === 3));
      expect(second.map(({ message }) => message.sequence)).toEqual([2, 3]);
    });

    it('creates missing topics and leaves those that exist alone', async () => {
      await freshTopic();
      const deliveries: Delivery[] = [];
      await bus.publish(topic, series('kept', 1, 2));
      await Promise.all([bus.ensureTopics([topic, `${topic}-b`]), bus.ensureTopics([topic, `${topic}-b`])]);
      await bus.ensureTopics([topic]);
      await bus.publish(`${topic}-b`, series('kept', 1, 1));
      await listen(deliveries, { topics: [topic, `${topic}-b`] }).ready;
      await until(() => deliveries.length >= 3);
      expect(deliveries.map(({ origin }) => origin.topic).sort()).toEqual([topic, topic, `${topic}-b`].sort());
    });

    it('refuses to publish to a topic that was never declared', async () => {
      await freshTopic();
      await expect(bus.publish(`${topic}-undeclared`, series('a', 1, 1))).rejects.toThrow();
    });

    it('answers a ping while the broker can be reached, and not when it cannot', async () => {
      await bus.ping();
      const member = await broker.open();
      await member.bus.ping();
      await member.die();
      await expect(member.bus.ping()).rejects.toThrow();
      await member.bus.close();
    });
  });
}
