import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, FakeClock } from '@waymark/testing';
import type { Message } from '../port.js';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { messageOf, openInboxGround, type InboxGround } from './inbox.fixture.js';
import type { Consumer } from './run-consumer.js';

describe.each(['still has', 'has forgotten'])(
  'a consumer that %s the rows of messages that come with other numbers',
  (rows) => {
    let inbox: InboxGround;
    let ground: ConsumerGround;
    let consumer: Consumer;
    const clock = new FakeClock();

    beforeAll(async () => {
      inbox = await openInboxGround();
    });
    afterAll(() => inbox?.close());
    beforeEach(async () => {
      ground = await openConsumerGround(inbox);
      consumer = ground.start({ clock, gapWaitMs: 0 });
    });
    afterEach(() => ground.stop());

    const [first, second, third] = [messageOf('a', 1), messageOf('a', 2), messageOf('a', 3)];
    const numbered = (...messages: readonly Message[]): readonly Message[] =>
      messages.map((message, index) => ({ ...message, sequence: index + 1 }));
    const effects = (...sequences: readonly number[]) =>
      eventually(async () => expect(await ground.effects('a')).toEqual(sequences));
    const letters = async () => (await consumer.deadLetters()).map(({ messageId, reason }) => [messageId, reason]);
    const hadAll = async (): Promise<void> => {
      await inbox.bus.publish(ground.topic, [first, second, third]);
      await effects(1, 2, 3);
      if (rows === 'still has') return;
      clock.advance({ days: 91 });
      const left = () => inbox.dataSource.query<object[]>('select from inbox where consumer = $1', [ground.topic]);
      await eventually(async () => expect(await left()).toEqual([]));
    };

    it('has no effect twice when one more lies among them, which alone is an alarm, and goes on behind them', async () => {
      await hadAll();
      const added = messageOf('a', 2);
      await inbox.bus.publish(ground.topic, numbered(first, added, second, third, messageOf('a', 5)));
      await effects(1, 2, 3, 5);
      expect(await letters()).toEqual([[added.id, 'out_of_sequence']]);
    });

    it('has no effect twice when one of them is not said any more; what comes with a number that was had is an alarm', async () => {
      await hadAll();
      const [next, later] = [messageOf('a', 3), messageOf('a', 4)];
      await inbox.bus.publish(ground.topic, numbered(first, third, next, later));
      await effects(1, 2, 3, 4);
      expect(await letters()).toEqual([[next.id, 'out_of_sequence']]);
    });

    it('takes up what has waited for one of them', async () => {
      await hadAll();
      await inbox.bus.publish(ground.topic, [messageOf('a', 5)]);
      await eventually(async () => expect(await letters()).toEqual([[expect.any(String), 'sequence_gap']]));
      await inbox.bus.publish(ground.topic, [{ ...third, sequence: 4 }]);
      await effects(1, 2, 3, 5);
      expect(await letters()).toEqual([]);
    });
  },
);

describe('a key whose first dead letter comes again with another number', () => {
  let inbox: InboxGround;
  let ground: ConsumerGround;

  beforeAll(async () => {
    inbox = await openInboxGround();
    ground = await openConsumerGround(inbox);
  });
  afterAll(async () => {
    await ground?.stop();
    await inbox?.close();
  });

  it('stays closed: what follows has no effect before it', async () => {
    const consumer = ground.start({
      gapWaitMs: 0,
      fails: ({ sequence }) => (sequence === 2 ? new Error('poison') : undefined),
    });
    const poison = messageOf('a', 2);
    await inbox.bus.publish(ground.topic, [messageOf('a', 1), poison]);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(1));
    await inbox.bus.publish(ground.topic, [{ ...poison, sequence: 3 }, messageOf('a', 4)]);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    expect(await ground.effects('a')).toEqual([1]);
  });
});
