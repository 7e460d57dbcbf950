import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { openConsumerGround, type ConsumerGround } from './consumer-ground.fixture.js';
import { happened, messageOf, openInboxGround, takeEffect, type InboxGround } from './inbox.fixture.js';
import { letterOrders } from './orders.js';
import type { Consumer } from './run-consumer.js';
import { Deferred } from '../waiting.js';

describe('an operator', () => {
  let inbox: InboxGround;
  let ground: ConsumerGround;
  let broken: boolean;
  let consumer: Consumer;

  beforeAll(async () => {
    inbox = await openInboxGround();
  });
  afterAll(() => inbox?.close());
  beforeEach(async () => {
    broken = true;
    ground = await openConsumerGround(inbox);
  });
  afterEach(() => ground.stop());

  const poisonous = {
    fails: ({ sequence }: { sequence: number }) => (broken && sequence === 2 ? new Error('poison') : undefined),
  };

  /** `a` stands still at 2, with 3 and 4 behind it. */
  const heldUp = async (): Promise<string[]> => {
    consumer = ground.start(poisonous);
    await inbox.bus.publish(
      ground.topic,
      [1, 2, 3, 4].map((sequence) => messageOf('a', sequence)),
    );
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(3));
    return (await consumer.deadLetters()).map(({ id }) => id);
  };
  const done = async (orderId: string) => {
    await eventually(async () => expect(await ground.result(orderId)).toBeDefined());
    return ground.result(orderId);
  };

  it('redrives a key in its order, whichever of its letters is named, as often as need be', async () => {
    const [poison = '', , last = ''] = await heldUp();
    const first = await ground.order({ deadLetterId: last, kind: 'redrive', reason: null });
    expect(await done(first)).toEqual({
      outcome: 'done',
      redriven: 0,
      stoppedAt: { deadLetterId: poison, reason: 'handler_failed' },
    });
    expect((await consumer.deadLetters()).map(({ attempts }) => attempts)).toEqual([0, 0, 3]);
    broken = false;
    const second = await ground.order({ deadLetterId: last, kind: 'redrive', reason: null });
    expect(await done(second)).toEqual({ outcome: 'done', redriven: 3 });
    expect(await ground.effects('a')).toEqual([1, 2, 3, 4]);
    const third = await ground.order({ deadLetterId: last, kind: 'redrive', reason: null });
    expect(await done(third)).toEqual({ outcome: 'closed_before', as: 'redriven' });
    expect(ground.decisions).toEqual([]);
  });

  it('discards the message that holds a key up, with a reason that is recorded; those behind it have their effect', async () => {
    const [poison = '', behind = ''] = await heldUp();
    const early = await ground.order({ deadLetterId: behind, kind: 'discard', reason: 'duplicate' });
    expect(await done(early)).toEqual({ outcome: 'not_first', first: poison });
    expect(ground.decisions).toEqual([]);
    const order = await ground.order({ deadLetterId: poison, kind: 'discard', reason: 'malformed' });
    expect(await done(order)).toEqual({ outcome: 'done', redriven: 2 });
    expect(await ground.effects('a')).toEqual([1, 3, 4]);
    expect(ground.decisions).toMatchObject([
      { kind: 'discard', orderId: order, reason: 'malformed', operator: 'amina', letter: { id: poison, sequence: 2 } },
    ]);
  });

  it('finds that another was faster: of two who discard and redrive the same letter one has the effect', async () => {
    const [poison = ''] = await heldUp();
    ground.start(poisonous);
    broken = false;
    const orders = await Promise.all([
      ground.order({ deadLetterId: poison, kind: 'discard', reason: 'duplicate' }, 'amina'),
      ground.order({ deadLetterId: poison, kind: 'discard', reason: 'superseded' }, 'tomas'),
      ground.order({ deadLetterId: poison, kind: 'redrive', reason: null }, 'tomas'),
    ]);
    const results = await Promise.all(orders.map(done));
    expect(results.filter((result) => result?.outcome === 'closed_before')).toHaveLength(2);
    expect(results.filter((result) => result?.outcome === 'done')).toHaveLength(1);
    const discarded = results[2]?.outcome === 'closed_before';
    expect(await ground.effects('a')).toEqual(discarded ? [1, 3, 4] : [1, 2, 3, 4]);
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('is told when a record still cannot be read, also one whose text is a message, and the order ends', async () => {
    consumer = ground.start();
    const unkeepable = Buffer.from(JSON.stringify(messageOf('a\0', 1)));
    await inbox.onBusDatabase('select bus.publish($1, $2, $3)', [ground.topic, ['a'], [unkeepable]]);
    await eventually(async () => expect(await consumer.deadLetters()).toMatchObject([{ reason: 'unreadable' }]));
    const [letter] = await consumer.deadLetters();
    const order = await ground.order({ deadLetterId: letter?.id ?? '', kind: 'redrive', reason: null });
    expect(await done(order)).toEqual({ outcome: 'failed', error: 'subject holds a NUL' });
    expect(await consumer.deadLetters()).toHaveLength(1);
  });

  it('is obeyed after a crash between the record of a decision and its effect', async () => {
    const [poison = ''] = await heldUp();
    await ground.stop();
    let crashes = 0;
    ground.start({
      ...poisonous,
      onDecision: async (decision) => {
        ground.decisions.push(decision);
        if (++crashes <= 2) throw new Error('crashed');
      },
    });
    const order = await ground.order({ deadLetterId: poison, kind: 'discard', reason: 'malformed' });
    expect(await done(order)).toEqual({ outcome: 'done', redriven: 2 });
    expect(new Set(ground.decisions.map(({ orderId }) => orderId))).toEqual(new Set([order]));
    expect(ground.decisions).toHaveLength(3);
  });

  it('is obeyed once when the connections are cut in the middle of a redrive', async () => {
    const [poison = ''] = await heldUp();
    await ground.stop();
    broken = false;
    const [reached, mayGoOn] = [new Deferred(), new Deferred()];
    ground.start({
      handlers: {
        [happened]: async (message, { manager }) => {
          if (message.sequence === 3) {
            reached.resolve();
            await mayGoOn.promise;
          }
          await takeEffect(ground.topic, message, manager);
        },
      },
    });
    const order = await ground.order({ deadLetterId: poison, kind: 'redrive', reason: null });
    await reached.promise;
    await inbox.cutConnections();
    mayGoOn.resolve();
    // The rest of the key may have opened by itself before the order was taken up again.
    expect(await done(order)).toMatchObject({ outcome: expect.stringMatching(/^(done|closed_before)$/) });
    await eventually(async () => expect(await ground.effects('a')).toEqual([1, 2, 3, 4]));
  });

  it('gives up several of a key at once, and none of them has its effect in between', async () => {
    const ids = await heldUp();
    await inbox.bus.publish(ground.topic, [messageOf('a', 5)]);
    await eventually(async () => expect(await consumer.deadLetters()).toHaveLength(4));
    const orders = await inbox.dataSource.transaction(async (manager) => {
      const placed: string[] = [];
      const what = { consumer: ground.topic, kind: 'discard', reason: 'superseded', operator: 'amina' } as const;
      for (const deadLetterId of ids) placed.push(await letterOrders.place(manager, { ...what, deadLetterId }));
      return placed;
    });
    const [, , last] = await Promise.all(orders.map(done));
    expect(last).toEqual({ outcome: 'done', redriven: 1 });
    expect(await ground.effects('a')).toEqual([1, 5]);
    expect(ground.decisions.map(({ kind, letter }) => [kind, letter.id])).toEqual(ids.map((id) => ['discard', id]));
  });

  it('is obeyed when no instance runs, as soon as one does', async () => {
    const [poison = ''] = await heldUp();
    await ground.stop();
    broken = false;
    const order = await ground.order({ deadLetterId: poison, kind: 'redrive', reason: null });
    expect(await ground.result(order)).toBeUndefined();
    ground.start();
    expect(await done(order)).toEqual({ outcome: 'done', redriven: 3 });
  });

  it('finds what came of an order for 90 days, and no order is kept for ever', async () => {
    const [poison = ''] = await heldUp();
    const letter = { deadLetterId: poison, kind: 'redrive', reason: null } as const;
    const [old, recent] = [await ground.order(letter), await ground.order(letter)];
    await Promise.all([done(old), done(recent)]);
    const age = (id: string, days: number) =>
      inbox.dataSource.query("update inbox_orders set done_at = now() - $2 * interval '1 day' where id = $1", [
        id,
        days,
      ]);
    await Promise.all([age(old, 91), age(recent, 89)]);
    await eventually(async () => expect(await ground.result(old)).toBeUndefined());
    expect(await ground.result(recent)).toMatchObject({ outcome: 'done' });
  });
});
