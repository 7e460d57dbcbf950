import { describe, expect, it } from '@jest/globals';
import { eventually, kafkaBrokers } from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import { messageOf, silent } from '../inbox/inbox.fixture.js';
import type { Bus, Subscription } from '../port.js';
import { Deferred, pause } from '../waiting.js';
import { openKafkaBus } from './bus.js';

const longTest = 120_000;
const subjects = Array.from({ length: 24 }, (_, index) => `subject-${index}`);

interface Handled {
  readonly id: string;
  readonly partition: number;
  readonly member: string;
  readonly at: number;
}

describe('a member that is stopped in order', () => {
  it(
    'hands its partitions over at once, long before its session would end, and nobody handles anything twice',
    async () => {
      const brokers = await kafkaBrokers();
      // A member that went without a word would be missed after 30 seconds only.
      const open = (): Bus => openKafkaBus({ brokers, clientId: 'member', sessionTimeoutMs: 30_000, log: silent });
      const [publisher, one, two] = [open(), open(), open()];
      const topic = `waymark.test-${randomUUID()}`;
      const handled: Handled[] = [];
      const join = (bus: Bus, member: string): Subscription =>
        bus.subscribe({
          group: topic,
          topics: [topic],
          handle: async ({ id }, { partition }) => {
            await new Promise((resolve) => setTimeout(resolve, 3));
            handled.push({ id, partition, member, at: performance.now() });
          },
          unreadable: async () => undefined,
        });
      let step = 0;
      const publishNext = (): Promise<void> => {
        step += 1;
        return publisher.publish(
          topic,
          subjects.map((subject) => messageOf(subject, step)),
        );
      };
      try {
        await publisher.ensureTopics([topic]);
        const [leaver, stayer] = [join(one, 'leaver'), join(two, 'stayer')];
        await Promise.all([leaver.ready, stayer.ready]);
        await eventually(
          async () => {
            await publishNext();
            const last = handled.slice(-subjects.length);
            expect(new Set(last.map(({ member }) => member)).size).toBe(2);
          },
          { timeoutMs: 60_000 },
        );
        const ofLeaver = new Set(handled.filter(({ member }) => member === 'leaver').map(({ partition }) => partition));
        const begun = performance.now();
        await Promise.all([leaver.stop(), publishNext(), publishNext(), publishNext()]);
        await publishNext();
        await eventually(() => new Set(handled.map(({ id }) => id)).size === step * subjects.length, {
          timeoutMs: 25_000,
        });
        const takenOver = handled.filter(
          ({ member, partition, at }) => member === 'stayer' && ofLeaver.has(partition) && at > begun,
        );
        expect(new Set(takenOver.map(({ partition }) => partition)).size).toBeGreaterThan(0);
        expect(handled).toHaveLength(step * subjects.length);
      } finally {
        await Promise.all([publisher, one, two].map((bus) => bus.close()));
      }
    },
    longTest,
  );
});

describe('a member with slow handlers, which has paused its partitions', () => {
  it(
    'goes on with those that went to another member and came back',
    async () => {
      const brokers = await kafkaBrokers();
      const open = (): Bus => openKafkaBus({ brokers, clientId: 'member', sessionTimeoutMs: 6_000, log: silent });
      const [publisher, stayer, guest] = [open(), open(), open()];
      const topic = `waymark.test-${randomUUID()}`;
      const handled = new Set<string>();
      const released = new Deferred();
      const join = (bus: Bus, slowly: () => Promise<unknown>): Subscription =>
        bus.subscribe({
          group: topic,
          topics: [topic],
          handle: async ({ id }) => {
            await slowly();
            handled.add(id);
          },
          unreadable: async () => undefined,
        });
      // More for each partition than a member takes before it pauses.
      const messages = subjects.flatMap((subject) =>
        Array.from({ length: 300 }, (_, at) => messageOf(subject, at + 1)),
      );
      try {
        await publisher.ensureTopics([topic]);
        await join(stayer, () => released.promise).ready;
        await publisher.publish(topic, messages);
        await pause(2_000);
        const visit = join(guest, () => pause(10));
        await visit.ready;
        await eventually(() => handled.size > 0, { timeoutMs: 30_000 });
        await visit.stop();
        released.resolve();
        await eventually(() => expect(handled.size).toBe(messages.length), { timeoutMs: 30_000 });
      } finally {
        released.resolve();
        await Promise.all([publisher, stayer, guest].map((bus) => bus.close()));
      }
    },
    longTest,
  );
});
