import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { messageOf, openInboxGround, type InboxGround } from './inbox.fixture.js';
import type { Consumer } from './run-consumer.js';

describe('an operator who goes on without a message', () => {
  let inbox: InboxGround;
  let ground: ConsumerGround;
  let consumer: Consumer;

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
  const letterOf = async (sequence: number): Promise<string> => {
    let id = '';
    await eventually(async () => {
      id = (await consumer.deadLetters()).find((letter) => letter.sequence === sequence)?.id ?? '';
      expect(id).not.toBe('');
    });
    return id;
  };
  const order = async (deadLetterId: string, kind: 'redrive' | 'discard' | 'go_on') => {
    const reason = { redrive: null, discard: 'malformed', go_on: 'lost_for_good' } as const;
    const placed = await ground.order({ deadLetterId, kind, reason: reason[kind] });
    await eventually(async () => expect(await ground.result(placed)).toBeDefined());
    return ground.result(placed);
  };
  const letters = async () => (await consumer.deadLetters()).map(({ sequence, reason }) => [sequence, reason]);

  it('gives up the gap before the letter and no later one; what was given up and comes after all is not guessed about', async () => {
    consumer = ground.start({ gapWaitMs: 0 });
    await publish(1, 4, 5, 7);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(3));
    const gap = await letterOf(4);
    expect(await order(gap, 'redrive')).toMatchObject({ redriven: 0, stoppedAt: { reason: 'sequence_gap' } });
    const stoppedAt = { deadLetterId: await letterOf(7), reason: 'sequence_gap' };
    expect(await order(gap, 'go_on')).toEqual({ outcome: 'done', gaveUp: { from: 2, to: 3 }, redriven: 2, stoppedAt });
    expect(await ground.effects('a')).toEqual([1, 4, 5]);
    expect(ground.decisions).toMatchObject([
      { kind: 'go_on', reason: 'lost_for_good', letter: { id: gap, sequence: 4 }, missing: { from: 2, to: 3 } },
    ]);
    await publish(2, 6);
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 4, 5, 6, 7]));
    expect(await letters()).toEqual([[2, 'out_of_sequence']]);
  });

  it('gives up nothing behind a letter before which nothing is missing', async () => {
    let broken = true;
    consumer = ground.start({
      fails: ({ sequence }) => (broken && sequence === 2 ? new Error('poison') : undefined),
    });
    // 3 is on its way still.
    await publish(1, 2, 4);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    broken = false;
    const stoppedAt = { deadLetterId: await letterOf(4), reason: 'sequence_gap' };
    expect(await order(await letterOf(2), 'go_on')).toEqual({ outcome: 'done', redriven: 1, stoppedAt });
    expect(ground.decisions).toEqual([]);
    await publish(3);
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 2, 3, 4]));
    expect(await letters()).toEqual([]);
  });

  it('gives up what was recorded, though it comes at that moment, and no later gap instead', async () => {
    consumer = ground.start({
      gapWaitMs: 0,
      onDecision: async (decision) => {
        ground.decisions.push(decision);
        await publish(2);
        await new Promise((resolve) => setTimeout(resolve, 300));
      },
    });
    await publish(1, 3, 5);
    const [gap, behind] = [await letterOf(3), await letterOf(5)];
    const stoppedAt = { deadLetterId: behind, reason: 'sequence_gap' };
    expect(await order(gap, 'go_on')).toEqual({ outcome: 'done', gaveUp: { from: 2, to: 2 }, redriven: 1, stoppedAt });
    expect(ground.decisions).toMatchObject([{ missing: { from: 2, to: 2 } }]);
    await publish(4);
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 3, 4, 5]));
    expect(await letters()).toEqual([[2, 'out_of_sequence']]);
  });

  it('cannot give up what is missing by another letter than the first of the key', async () => {
    consumer = ground.start({ gapWaitMs: 0 });
    await publish(1, 3, 5);
    const [first, behind] = [await letterOf(3), await letterOf(5)];
    expect(await order(behind, 'go_on')).toEqual({ outcome: 'not_first', first });
    expect(ground.decisions).toEqual([]);
    expect(await ground.effects('a')).toEqual([1]);
  });

  it('gives up nothing for as long as that cannot be recorded', async () => {
    let recorded = false;
    consumer = ground.start({
      gapWaitMs: 0,
      onDecision: async () => {
        if (!recorded) throw new Error('the log is away');
      },
    });
    await publish(1, 3);
    const placed = await ground.order({ deadLetterId: await letterOf(3), kind: 'go_on', reason: 'lost_for_good' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await ground.effects('a')).toEqual([1]);
    recorded = true;
    await eventually(async () => expect(await ground.result(placed)).toMatchObject({ gaveUp: { from: 2, to: 2 } }));
    expect(await ground.effects('a')).toEqual([1, 3]);
  });

  it('has given it up also when the letter itself fails, which can be discarded then and not before', async () => {
    consumer = ground.start({
      gapWaitMs: 0,
      fails: ({ sequence }) => (sequence === 4 ? new Error('poison') : undefined),
    });
    await publish(1, 4, 5);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(2));
    const gap = await letterOf(4);
    expect(await order(gap, 'discard')).toEqual({ outcome: 'gap_before', last: 1 });
    expect(ground.decisions).toEqual([]);
    expect(await order(gap, 'go_on')).toMatchObject({
      gaveUp: { from: 2, to: 3 },
      stoppedAt: { deadLetterId: gap, reason: 'handler_failed' },
    });
    await publish(2);
    await eventually(async () => expect(await letters()).toContainEqual([2, 'out_of_sequence']));
    expect(await order(gap, 'discard')).toEqual({ outcome: 'done', redriven: 1 });
    expect(ground.decisions).toMatchObject([{ kind: 'go_on' }, { kind: 'discard' }]);
    expect(await ground.effects('a')).toEqual([1, 5]);
  });
});
