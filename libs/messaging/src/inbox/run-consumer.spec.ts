import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '@waymark/testing';
import type { DataSource } from 'typeorm';
import type { Bus } from '../port.js';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { happened, messageOf, openInboxGround, type InboxGround } from './inbox.fixture.js';
import type { Consumer } from './run-consumer.js';
import { TemporaryFailure } from './temporary-failure.js';

describe('a consumer', () => {
  let ground: InboxGround;
  let dataSource: DataSource;
  let bus: Bus;
  let topic: string;
  let consumers: ConsumerGround;
  const clock = new FakeClock();

  beforeAll(async () => {
    ground = await openInboxGround();
    ({ bus, dataSource } = ground);
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    consumers = await openConsumerGround(ground);
    ({ topic } = consumers);
  });
  afterEach(() => consumers.stop());

  const start = (options: Parameters<ConsumerGround['start']>[0] = {}): Consumer =>
    consumers.start({ clock, retries: { attempts: 3, firstPauseMs: 5 }, ...options });
  const effects = (subject: string): Promise<number[]> => consumers.effects(subject);
  // Not how many: the consumer's own sweep may be faster with those behind the first.
  const wentThrough = { redriven: expect.any(Number) };
  const reasons = async (consumer: Consumer): Promise<(readonly [string | null, number | null, string])[]> =>
    (await consumer.deadLetters()).map((letter) => [letter.subject, letter.sequence, letter.reason] as const);

  it('has one effect for a message that comes several times', async () => {
    start();
    const [first, second] = [messageOf('a', 1), messageOf('a', 2)];
    await bus.publish(topic, [first, first, second, first, second, messageOf('a', 3)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3]));
  });

  it('has one effect when two deliveries of the same message are handled at the same time', async () => {
    const message = messageOf('a', 1);
    await bus.ensureTopics([`${topic}-again`]);
    const [one, two] = [start(), start({ topics: [`${topic}-again`] })];
    await Promise.all([one.ready, two.ready]);
    await Promise.all([bus.publish(topic, [message]), bus.publish(`${topic}-again`, [message])]);
    await Promise.all([bus.publish(topic, [messageOf('a', 2)]), bus.publish(`${topic}-again`, [messageOf('b', 1)])]);
    await eventually(async () => {
      expect(await effects('a')).toEqual([1, 2]);
      expect(await effects('b')).toEqual([1]);
    });
  });

  it('leaves no effect of an attempt that failed, and tries again', async () => {
    let failures = 0;
    const consumer = start({ fails: () => (++failures < 3 ? new Error('not yet') : undefined) });
    await bus.publish(topic, [messageOf('a', 1)]);
    await eventually(async () => expect(await effects('a')).toEqual([1]));
    expect(failures).toBe(3);
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('skips types it has no handler for, and follows their sequence', async () => {
    const consumer = start();
    await bus.publish(topic, [messageOf('a', 1), messageOf('a', 2, { type: 'test.other.v1' }), messageOf('a', 3)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 3]));
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('has no second effect when everything comes again after a type was withdrawn, and goes on behind it', async () => {
    const consumer = start();
    const before = [1, 2, 3].map((sequence) => messageOf('a', sequence));
    await bus.publish(topic, before);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3]));
    const again = before.map((message) =>
      message.sequence === 2 ? { ...message, type: 'waymark.message-withdrawn.v1', data: {} } : message,
    );
    await bus.publish(topic, [...again, messageOf('a', 4)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3, 4]));
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('gives a reaction the same ids each time it is called for a message', async () => {
    const ids: string[] = [];
    start({
      handlers: {},
      reactions: {
        [happened]: async (_, { id }) => {
          ids.push(id('case-opened'));
          if (ids.length < 3) throw new Error('crashed after the append');
        },
      },
    });
    const message = messageOf('a', 1);
    await bus.publish(topic, [message, message]);
    await eventually(async () => {
      const rows = await dataSource.query<object[]>('select from inbox where consumer = $1', [topic]);
      expect(rows.length).toBe(1);
    });
    expect(ids.length).toBe(3);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('waits with a message that came before its predecessor', async () => {
    const consumer = start();
    await bus.publish(topic, [messageOf('a', 1), messageOf('a', 4), messageOf('a', 3), messageOf('b', 1)]);
    await eventually(async () => {
      const rows = await dataSource.query<object[]>('select from inbox_waiting where consumer = $1', [topic]);
      expect(rows.length).toBe(2);
      expect(await effects('b')).toEqual([1]);
    });
    expect(await effects('a')).toEqual([1]);
    await bus.publish(topic, [messageOf('a', 2), messageOf('a', 5)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3, 4, 5]));
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('gives up waiting after its time: a sequence gap is a dead letter, and the missing message still heals it', async () => {
    const measured: string[] = [];
    const consumer = start({
      gapWaitMs: 60_000,
      onMeasure: (name, _, { reason }) => measured.push(`${name} ${reason ?? ''}`),
    });
    await bus.publish(topic, [messageOf('a', 1), messageOf('a', 3), messageOf('a', 4), messageOf('b', 1)]);
    await eventually(async () => {
      const rows = await dataSource.query<object[]>('select from inbox_waiting where consumer = $1', [topic]);
      expect(rows.length).toBe(2);
    });
    clock.advance({ seconds: 61 });
    await eventually(async () => expect((await consumer.deadLetters()).length).toBe(2));
    await bus.publish(topic, [messageOf('a', 5)]);
    await eventually(async () =>
      expect((await reasons(consumer)).sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
        ['a', 3, 'sequence_gap'],
        ['a', 4, 'behind_dead_letter'],
        ['a', 5, 'behind_dead_letter'],
      ]),
    );
    expect(measured).toContain('consumer_dead_letters sequence_gap');
    const [letter] = await consumer.deadLetters();
    expect(await consumer.redrive(letter?.id ?? '')).toMatchObject({
      redriven: 0,
      stoppedAt: { reason: 'sequence_gap' },
    });
    await bus.publish(topic, [messageOf('a', 2)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3, 4, 5]));
    await eventually(async () => expect(await consumer.deadLetters()).toEqual([]));
  });

  it('puts a message that cannot be handled into dead letters; only its own subject waits behind it', async () => {
    let broken = true;
    const consumer = start({
      fails: ({ subject, sequence }) => (broken && subject === 'a' && sequence === 2 ? new Error('poison') : undefined),
    });
    await bus.publish(
      topic,
      [1, 2, 3].flatMap((sequence) => [messageOf('a', sequence), messageOf('b', sequence)]),
    );
    await eventually(async () => {
      expect(await effects('b')).toEqual([1, 2, 3]);
      expect(await reasons(consumer)).toEqual([
        ['a', 2, 'handler_failed'],
        ['a', 3, 'behind_dead_letter'],
      ]);
    });
    const [poison] = await consumer.deadLetters();
    expect(poison).toMatchObject({ detail: 'poison', type: happened, source: '/waymark/test', origin: { topic } });

    expect(await consumer.redrive(poison?.id ?? '')).toMatchObject({
      redriven: 0,
      stoppedAt: { reason: 'handler_failed' },
    });
    expect(await effects('a')).toEqual([1]);
    broken = false;
    expect(await consumer.redrive(poison?.id ?? '')).toEqual(wentThrough);
    expect(await effects('a')).toEqual([1, 2, 3]);
    expect(await consumer.deadLetters()).toEqual([]);
    await bus.publish(topic, [messageOf('a', 4)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2, 3, 4]));
    await expect(consumer.redrive(poison?.id ?? '')).rejects.toThrow('no open dead letter');
  });

  it('does not bury a poisonous message twice when it is published again', async () => {
    const consumer = start({ fails: () => new Error('poison') });
    const message = messageOf('a', 1);
    await bus.publish(topic, [message, message, messageOf('b', 1)]);
    await eventually(async () => expect((await consumer.deadLetters()).length).toBe(2));
    await bus.publish(topic, [message, messageOf('c', 1)]);
    await eventually(async () => expect((await consumer.deadLetters()).length).toBe(3));
  });

  it('tries for as long as it takes when the failure is a temporary one', async () => {
    let failures = 0;
    const consumer = start({
      retries: { attempts: 1 },
      fails: () => (++failures <= 3 ? new TemporaryFailure('down') : undefined),
    });
    await bus.publish(topic, [messageOf('a', 1)]);
    await eventually(async () => expect(await effects('a')).toEqual([1]));
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('never guesses about a second message with a sequence that was there before', async () => {
    const consumer = start();
    await bus.publish(topic, [messageOf('a', 1), messageOf('a', 1), messageOf('a', 2)]);
    await eventually(async () => expect(await effects('a')).toEqual([1, 2]));
    expect(await reasons(consumer)).toEqual([['a', 1, 'out_of_sequence']]);
  });

  it('keeps records that no one can read as dead letters, byte for byte', async () => {
    const consumer = start();
    const value = Buffer.from([0xff, 0x00, 0x7b]);
    await ground.onBusDatabase('select bus.publish($1, $2, $3)', [topic, ['a'], [value]]);
    await bus.publish(topic, [messageOf('a', 1)]);
    await eventually(async () => expect(await effects('a')).toEqual([1]));
    const [letter] = await consumer.deadLetters();
    expect(letter).toMatchObject({ reason: 'unreadable', detail: 'not JSON in UTF-8', subject: null });
    expect(letter?.value.equals(value)).toBe(true);
    await expect(consumer.redrive(letter?.id ?? '')).rejects.toThrow('not JSON in UTF-8');
  });

  it('loses nothing and repeats nothing when its database connections are cut again and again', async () => {
    start();
    const total = 60;
    const cutting = (async () => {
      for (let cut = 0; cut < 6; cut++) {
        await eventually(async () => (await effects('a')).length >= cut * 10);
        await ground.cutConnections();
      }
    })();
    for (let sequence = 1; sequence <= total; sequence++) {
      const message = messageOf('a', sequence);
      await eventually(() => bus.publish(topic, [message]));
    }
    await cutting.catch(() => undefined);
    await eventually(async () =>
      expect(await effects('a')).toEqual(Array.from({ length: total }, (_, index) => index + 1)),
    );
  });
});
