import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '@waymark/testing';
import { type ConsumerGround, openConsumerGround } from './consumer-ground.fixture.js';
import { type InboxGround, messageOf, openInboxGround } from './inbox.fixture.js';
import type { Consumer } from './run-consumer.js';

const day = 86_400_000;

describe('a consumer that forgets what is old', () => {
  let ground: InboxGround;
  let consumers: ConsumerGround;
  const clock = new FakeClock();
  const measured = new Map<string, number>();

  beforeAll(async () => {
    ground = await openInboxGround();
  });
  afterAll(() => ground?.close());
  beforeEach(async () => {
    consumers = await openConsumerGround(ground);
    measured.clear();
  });
  afterEach(() => consumers.stop());

  const start = (options: Parameters<ConsumerGround['start']>[0] = {}): Consumer =>
    consumers.start({
      clock,
      keptForMs: 30 * day,
      onMeasure: (name, value) => void measured.set(name, (measured.get(name) ?? 0) + value),
      ...options,
    });
  const publish = (...messages: Parameters<InboxGround['bus']['publish']>[1]) =>
    ground.bus.publish(consumers.topic, messages);
  const rows = async (): Promise<number> => {
    const [row] = await ground.dataSource.query<{ rows: number }[]>(
      'select count(*)::int as rows from inbox where consumer = $1',
      [consumers.topic],
    );
    return row?.rows ?? -1;
  };
  const had = (subject: string, ...sequences: readonly number[]) =>
    eventually(async () => expect(await consumers.effects(subject)).toEqual(sequences));
  const forgotten = (left = 0) => eventually(async () => expect(await rows()).toBe(left));
  const firstLetter = async (consumer: Consumer): Promise<{ readonly id: string }> => {
    let id = '';
    await eventually(async () => {
      id = (await consumer.deadLetters())[0]?.id ?? '';
      expect(id).not.toBe('');
    });
    return { id };
  };
  const messages = (subject: string, count: number) =>
    Array.from({ length: count }, (_, index) => messageOf(subject, index + 1));

  it('keeps the rows for their time, then none, and counts them', async () => {
    start();
    await publish(...messages('a', 5), ...messages('b', 2));
    await had('a', 1, 2, 3, 4, 5);
    await had('b', 1, 2);
    clock.advance({ days: 29 });
    await publish(messageOf('c', 1));
    await had('c', 1);
    expect(await rows()).toBe(8);
    clock.advance({ days: 2 });
    await forgotten(1);
    expect(measured.get('consumer_messages_forgotten')).toBe(7);
  });

  it('has no effect of a message that comes again when its row is gone, one by one or all of them', async () => {
    const consumer = start();
    const all = [...messages('a', 40), ...messages('b', 3)];
    await publish(...all);
    await had('b', 1, 2, 3);
    await eventually(async () => expect(await consumers.effects('a')).toHaveLength(40));
    clock.advance({ days: 31 });
    await forgotten();
    // Kafka was wiped: everything is published once more, then it goes on.
    await publish(...all.slice(0, 1), ...all, messageOf('a', 41), messageOf('b', 4));
    await had('b', 1, 2, 3, 4);
    await eventually(async () => expect(await consumers.effects('a')).toHaveLength(41));
    expect(measured.get('consumer_messages_repeated')).toBe(44);
    expect(await consumer.deadLetters()).toEqual([]);
    expect(await rows()).toBe(2);
  });

  it('takes another message with a number that it has forgotten for what it is: never for a repeat', async () => {
    const consumer = start();
    await publish(...messages('a', 3));
    await had('a', 1, 2, 3);
    clock.advance({ days: 31 });
    await forgotten();
    await publish(messageOf('a', 2));
    await eventually(async () =>
      expect(await consumer.deadLetters()).toMatchObject([{ subject: 'a', sequence: 2, reason: 'out_of_sequence' }]),
    );
    expect(await consumers.effects('a')).toEqual([1, 2, 3]);
  });

  it('never takes one for a repeat that an operator has gone over, and that comes late', async () => {
    const consumer = start({ gapWaitMs: 0 });
    const [first, missing, third] = messages('a', 3);
    await publish(...[first, third].filter((each) => each !== undefined));
    const { id: deadLetterId } = await firstLetter(consumer);
    await consumers.order({ deadLetterId, kind: 'go_on', reason: 'lost_for_good' });
    await had('a', 1, 3);
    clock.advance({ days: 31 });
    await forgotten();
    if (missing) await publish(missing);
    await eventually(async () =>
      expect(await consumer.deadLetters()).toMatchObject([{ sequence: 2, reason: 'out_of_sequence' }]),
    );
  });

  it('keeps the row of a second message with the same number that an operator let through, and so knows both', async () => {
    const consumer = start();
    const [first, other] = [messageOf('a', 1), messageOf('a', 1)];
    await publish(first, other);
    const letter = await firstLetter(consumer);
    await consumer.redrive(letter.id);
    await had('a', 1, 1);
    clock.advance({ days: 31 });
    await forgotten(1);
    await publish(first, other, messageOf('a', 2));
    await had('a', 1, 1, 2);
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('forgets while messages of the same keys are handled, at two instances at once', async () => {
    const both = [start({ keptForMs: 1 }), start({ keptForMs: 1 })];
    const all = messages('a', 300);
    for (const message of all) {
      clock.advance({ seconds: 1 });
      await publish(message, ...all.slice(Math.max(0, message.sequence - 3), message.sequence));
    }
    await eventually(async () => expect(await consumers.effects('a')).toEqual(all.map(({ sequence }) => sequence)), {
      timeoutMs: 30_000,
    });
    clock.advance({ seconds: 1 });
    await forgotten();
    await publish(...all, messageOf('b', 1));
    await had('b', 1);
    expect(await consumers.effects('a')).toHaveLength(300);
    for (const consumer of both) expect(await consumer.deadLetters()).toEqual([]);
  });

  it('forgets closed dead letters and their orders, and none that is open', async () => {
    const consumer = start({ fails: ({ subject }) => (subject === 'a' ? new Error('never') : undefined) });
    await publish(messageOf('a', 1), messageOf('b', 2));
    const { id: deadLetterId } = await firstLetter(consumer);
    const order = await consumers.order({ deadLetterId, kind: 'discard', reason: 'malformed' });
    await eventually(async () => expect(await consumers.result(order)).toMatchObject({ outcome: 'done' }));
    clock.advance({ minutes: 2 });
    await eventually(async () => expect(await consumer.deadLetters()).toMatchObject([{ subject: 'b' }]));
    await ground.dataSource.query("update inbox_orders set done_at = done_at - interval '31 days'");
    clock.advance({ days: 31 });
    await eventually(async () =>
      expect(
        await ground.dataSource.query('select subject from dead_letters where consumer = $1', [consumers.topic]),
      ).toEqual([{ subject: 'b' }]),
    );
    expect(await consumers.result(order)).toBeUndefined();
  });

  it('leaves rows alone that were noted before there were marks', async () => {
    start();
    const [first] = messages('a', 1);
    if (first) await publish(first);
    await had('a', 1);
    await ground.dataSource.query(
      'update inbox set source = null, subject = null, sequence = null where consumer = $1',
      [consumers.topic],
    );
    clock.advance({ days: 31 });
    await publish(messageOf('b', 1));
    await had('b', 1);
    clock.advance({ days: 31 });
    await forgotten(1);
    if (first) await publish(first, messageOf('a', 2));
    await had('a', 1, 2);
  });
});
