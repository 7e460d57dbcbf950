import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { messageOf, openInboxGround, type InboxGround } from './inbox.fixture.js';

describe('a key that missed a message', () => {
  let inbox: InboxGround;
  let ground: ConsumerGround;

  beforeAll(async () => {
    inbox = await openInboxGround();
  });
  afterAll(() => inbox?.close());
  beforeEach(async () => {
    ground = await openConsumerGround(inbox);
  });
  afterEach(() => ground.stop());

  const publish = (...sequences: readonly number[]): Promise<void> =>
    inbox.bus.publish(
      ground.topic,
      sequences.map((sequence) => messageOf('a', sequence)),
    );

  it('is told of while it stands still, and opens by itself when the message comes', async () => {
    const alarms: string[] = [];
    const consumer = ground.start({
      gapWaitMs: 0,
      onMeasure: (name, _, { reason }) => alarms.push(`${name} ${reason ?? ''}`),
    });
    await publish(1, 3, 4);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    expect(alarms).toContain('consumer_dead_letters sequence_gap');
    expect(await consumer.standing()).toMatchObject({
      deadLetters: { sequence_gap: 1, behind_dead_letter: 1 },
      keysHeldUp: 1,
      waiting: 0,
    });
    await publish(2);
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 2, 3, 4]));
    expect(await consumer.standing()).toEqual({ deadLetters: {}, keysHeldUp: 0, waiting: 0, oldestSeconds: 0 });
  });

  it('opens also when the process died after the missing message and before those that waited', async () => {
    const consumer = ground.start({ gapWaitMs: 0 });
    await publish(1, 3, 4);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    await ground.stop();
    await inbox.dataSource.query('update inbox_sequence set last_sequence = 2 where consumer = $1', [ground.topic]);
    ground.start();
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 3, 4]));
  });

  it('does not try again by itself what an operator has to look at: a message whose handler fails', async () => {
    let calls = 0;
    const consumer = ground.start({
      gapWaitMs: 0,
      fails: ({ sequence }) => (sequence === 3 && ++calls ? new Error('poison') : undefined),
    });
    await publish(1, 3, 4);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    await publish(2);
    await eventually(async () =>
      expect((await consumer.deadLetters()).map(({ sequence, reason }) => [sequence, reason]).sort()).toEqual([
        [3, 'handler_failed'],
        [4, 'behind_dead_letter'],
      ]),
    );
    const called = calls;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(calls).toBe(called);
    expect(await ground.effects('a')).toEqual([1, 2]);
  });

  it('waits on over a restart, for the time that is left', async () => {
    const before = ground.start({ gapWaitMs: 60_000 });
    await publish(1, 3);
    await eventually(async () => expect((await before.standing()).waiting).toBe(1));
    await ground.stop();
    await publish(2);
    ground.start({ gapWaitMs: 60_000 });
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 2, 3]));
  });
});
