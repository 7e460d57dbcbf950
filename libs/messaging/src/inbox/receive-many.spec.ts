import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import type { Bus, Message } from '../port.js';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { happened, messageOf, openInboxGround, takeEffect, type InboxGround } from './inbox.fixture.js';

describe('a consumer with a crowd of messages before it', () => {
  let ground: InboxGround;
  let dataSource: DataSource;
  let bus: Bus;
  let topic: string;
  let consumers: ConsumerGround;
  let start: ConsumerGround['start'];

  beforeAll(async () => {
    ground = await openInboxGround();
    ({ bus, dataSource } = ground);
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    consumers = await openConsumerGround(ground);
    ({ topic, start } = consumers);
  });
  afterEach(() => consumers.stop());

  const subjects = Array.from({ length: 20 }, (_, index) => `subject-${index}`);
  const crowd = (upTo: number, from = 1): Message[] =>
    Array.from({ length: upTo - from + 1 }, (_, index) => index + from).flatMap((sequence) =>
      subjects.map((subject) => messageOf(subject, sequence)),
    );
  const effects = async (): Promise<Record<string, number[]>> => {
    const rows = await dataSource.query<{ subject: string; sequences: number[] }[]>(
      'select subject, array_agg(sequence order by place) as sequences from effects where consumer = $1 group by subject',
      [topic],
    );
    return Object.fromEntries(rows.map(({ subject, sequences }) => [subject, sequences]));
  };
  const each = (...sequences: number[]): Record<string, number[]> =>
    Object.fromEntries(subjects.map((subject) => [subject, sequences]));
  const noted = async (): Promise<{ messages: number; transactions: number }> => {
    const [row] = await dataSource.query<{ messages: number; transactions: number }[]>(
      'select count(*)::int as messages, count(distinct xmin::text)::int as transactions from inbox where consumer = $1',
      [topic],
    );
    return row ?? { messages: 0, transactions: 0 };
  };

  it('handles many in one transaction, each key in order', async () => {
    await bus.publish(topic, crowd(5));
    start();
    await eventually(async () => expect(await effects()).toEqual(each(1, 2, 3, 4, 5)));
    const { messages, transactions } = await noted();
    expect(messages).toBe(100);
    expect(transactions).toBeLessThan(50);
  });

  it('has one effect each when the crowd is published again, in part and mixed with new ones', async () => {
    const first = crowd(3);
    await bus.publish(topic, first);
    start();
    await eventually(async () => expect(await effects()).toEqual(each(1, 2, 3)));
    await bus.publish(topic, [...first.slice(30), ...crowd(4, 4)]);
    await eventually(async () => expect(await effects()).toEqual(each(1, 2, 3, 4)));
  });

  it('lets only the key of a poisonous one wait, and leaves no trace of the attempt to handle all at once', async () => {
    await bus.publish(topic, crowd(3));
    const consumer = start({
      handlers: {
        [happened]: async (message, { manager }) => {
          await takeEffect(topic, message, manager);
          if (message.subject === 'subject-7' && message.sequence === 2) throw new Error('poison');
        },
      },
    });
    await eventually(async () => expect(await effects()).toEqual({ ...each(1, 2, 3), 'subject-7': [1] }));
    await eventually(async () =>
      expect((await consumer.deadLetters()).map(({ sequence, reason }) => [sequence, reason])).toEqual([
        [2, 'handler_failed'],
        [3, 'behind_dead_letter'],
      ]),
    );
  });

  it('fills a gap in the crowd when the missing one comes', async () => {
    const all = crowd(3);
    const missing = all.find(({ subject, sequence }) => subject === 'subject-3' && sequence === 2);
    await bus.publish(
      topic,
      all.filter((message) => message !== missing),
    );
    start();
    await eventually(async () => expect(await effects()).toEqual({ ...each(1, 2, 3), 'subject-3': [1] }));
    await bus.publish(topic, [missing ?? messageOf('subject-3', 2)]);
    await eventually(async () => expect(await effects()).toEqual(each(1, 2, 3)));
  });

  it('calls reactions in order per key, and again with the same ids when one of them failed', async () => {
    const called = new Map<string, string[]>();
    const order = new Map<string, number[]>();
    let failures = 0;
    await bus.publish(topic, crowd(3));
    start({
      handlers: {},
      reactions: {
        [happened]: async ({ id, subject, sequence }, context) => {
          called.set(id, [...(called.get(id) ?? []), context.id('effect')]);
          if (subject === 'subject-5' && failures++ < 1) throw new Error('crashed after the append');
          order.set(subject, [...new Set([...(order.get(subject) ?? []), sequence])]);
        },
      },
    });
    await eventually(async () => expect(await noted()).toMatchObject({ messages: 60 }));
    expect(Object.fromEntries(order)).toEqual(each(1, 2, 3));
    expect(called.size).toBe(60);
    for (const ids of called.values()) expect(new Set(ids).size).toBe(1);
  });

  it('reacts to no message of a key before the one before it has had its rows', async () => {
    const reacted: string[] = [];
    const told = 'test.something-else-happened.v1';
    await bus.publish(
      topic,
      ['good', 'bad'].flatMap((subject) => [messageOf(subject, 1), messageOf(subject, 2, { type: told })]),
    );
    const consumer = start({
      fails: ({ subject }) => (subject === 'bad' ? new Error('poison') : undefined),
      reactions: { [told]: async ({ subject }) => void reacted.push(subject) },
    });
    await eventually(async () =>
      expect((await consumer.deadLetters()).map(({ subject, reason }) => [subject, reason])).toEqual([
        ['bad', 'handler_failed'],
        ['bad', 'behind_dead_letter'],
      ]),
    );
    expect(await effects()).toEqual({ good: [1] });
    expect(reacted).toEqual(['good']);
  });

  it('loses nothing and repeats nothing when its connections are cut in the middle of crowds', async () => {
    start();
    for (let sequence = 1; sequence <= 8; sequence += 1) {
      // Published again with the same ids when the answer was lost: the bus may hold both.
      const messages = crowd(sequence, sequence);
      await eventually(() => bus.publish(topic, messages));
      await ground.cutConnections();
    }
    await eventually(async () => expect(await effects()).toEqual(each(1, 2, 3, 4, 5, 6, 7, 8)));
  });
});
