import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { caseService } from '@waymark/case';
import { topicOf } from '@waymark/contracts';
import type { Bus } from '@waymark/messaging';
import { startStage, type Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { operatorOf } from './dead-letters.fixture.js';

let stage: Stage;
let intakeBus: Bus;
let operator: ReturnType<typeof operatorOf>;

beforeAll(async () => {
  stage = await startStage({ services: [caseService], environment: { MESSAGE_GAP_WAIT_SECONDS: '1' } });
  intakeBus = stage.busOf('intake');
  operator = operatorOf(stage);
});
afterAll(() => stage?.close());

const url = async (path: string): Promise<string> => (await fetch(`${stage.running('case').url}${path}`)).text();

describe('an operator with the command line', () => {
  it('finds a message that cannot be handled, sees it fail again, and discards it with a reason that the log keeps', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [
      operator.accepted(concernId, 1, { malformed: true }),
      operator.accepted(concernId, 2),
    ]);
    const [poison, behind] = await operator.untilLetters(concernId, 2);
    expect([poison.reason, behind.reason].sort()).toEqual(['behind_dead_letter', 'handler_failed']);
    const first = poison.sequence === 1 ? poison : behind;
    expect(first).toMatchObject({ consumer: 'case', attempts: 5, origin: { topic: 'waymark.intake' } });
    expect(first).not.toHaveProperty('stack');

    const shown = await operator.dead('show', first.id);
    expect(shown.out).toContain('handler_failed');
    expect(shown.out).toContain('"malformed": true');
    expect(await url('/health/ready')).toContain('2 dead letters, 1 keys held up');
    const metrics = await url('/metrics');
    expect(metrics).toMatch(/waymark_dead_letters\{consumer="case",reason="handler_failed",service="case"\} 1\n/);
    expect(metrics).toMatch(/waymark_keys_held_up\{consumer="case",service="case"\} 1\n/);
    expect(metrics).toMatch(
      /waymark_consumer_lag\{consumer="case",topic="waymark.intake",partition="0",service="case"\} 0\n/,
    );
    expect(metrics).toMatch(/waymark_relay_lag_events\{relay="case",service="case"\} 0\n/);

    expect(await operator.told('redrive', first.id)).toMatchObject({
      code: 1,
      outcome: 'done',
      redriven: 0,
      stoppedAt: { deadLetterId: first.id, reason: 'handler_failed' },
    });
    expect(await operator.caseOpened(concernId)).toBe(false);
    expect(await operator.operations()).toEqual([]);

    const note = 'Amina has called Ravi about it';
    const discarded = await operator.told(
      'discard',
      first.id,
      '--reason',
      'malformed',
      '--note',
      note,
      '--operator',
      'tomas',
    );
    expect(discarded).toMatchObject({ code: 0, outcome: 'done', redriven: 1 });
    expect(await operator.caseOpened(concernId)).toBe(true);
    const [event] = await operator.operations();
    expect(event).toMatchObject({
      stream: `case_operations-${first.id}`,
      type: 'MessageDiscarded',
      data: {
        messageId: first.messageId,
        subject: concernId,
        sequence: 1,
        reason: 'malformed',
        becauseOf: 'handler_failed',
      },
      metadata: { actor: { kind: 'operator', id: 'tomas' } },
    });
    expect(event?.stored.data).not.toContain('Ravi');
    expect(await operator.lettersOf(concernId)).toEqual([]);
    expect((await operator.told('list', '--all', '--subject', concernId)).deadLetters).toHaveLength(2);
    expect(await url('/health/ready')).toContain('"messages":"ok"');
  });

  it('goes on without a message that is lost for good', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [operator.accepted(concernId, 2)]);
    await eventually(async () => expect(await url('/health/ready')).toContain('1 messages wait for an earlier one'));
    stage.clock.advance({ seconds: 2 });
    const [gap] = await operator.untilLetters(concernId, 1);
    expect(gap).toMatchObject({ reason: 'sequence_gap', attempts: 0 });
    expect(await url('/health/ready')).toContain('1 of them miss a message before them');
    expect(await operator.told('redrive', gap.id)).toMatchObject({ code: 1, stoppedAt: { reason: 'sequence_gap' } });
    expect(await operator.told('redrive', gap.id, '--go-on', '--reason', 'lost_for_good')).toMatchObject({
      code: 0,
      gaveUp: { from: 1, to: 1 },
      redriven: 1,
    });
    expect(await operator.caseOpened(concernId)).toBe(true);
    expect((await operator.operations()).at(-1)).toMatchObject({
      type: 'SequenceGapAccepted',
      schemaVersion: 2,
      data: { reason: 'lost_for_good', sequence: 2, missing: { from: 1, to: 1 } },
    });
  });

  it('who is one of two that discard the same message at once: it is discarded once', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [operator.accepted(concernId, 1, {})]);
    const [letter] = await operator.untilLetters(concernId, 1);
    const results = await Promise.all(
      ['amina', 'tomas'].map((who) => operator.told('discard', letter.id, '--reason', 'duplicate', '--operator', who)),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['closed_before', 'done']);
    const ofLetter = (await operator.operations()).filter(({ stream }) => stream.endsWith(letter.id));
    expect(ofLetter).toHaveLength(1);
  });

  it('who orders something while the service is down finds it done when it is back', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [operator.accepted(concernId, 1, {}), operator.accepted(concernId, 2)]);
    const letters = await operator.untilLetters(concernId, 2);
    const poison = letters.find(({ sequence }: { sequence: number }) => sequence === 1);
    await stage.stop('case');
    expect(await operator.told('discard', poison.id, '--reason', 'malformed', '--wait', '1')).toMatchObject({
      code: 1,
      outcome: 'ordered',
    });
    await stage.start('case');
    await eventually(async () => expect(await operator.caseOpened(concernId)).toBe(true));
    await eventually(async () => expect(await operator.lettersOf(concernId)).toEqual([]));
    expect(await operator.told('redrive', poison.id)).toMatchObject({
      code: 1,
      outcome: 'closed_before',
      as: 'discarded',
    });
  });

  it('gives up many with one reason, once they were shown, and each is an event of its own', async () => {
    const concerns = [randomUUID(), randomUUID(), randomUUID()];
    await intakeBus.publish(
      topicOf('intake'),
      concerns.flatMap((id) => [operator.accepted(id, 1, {}), operator.accepted(id, 2)]),
    );
    const [first, second, third] = await Promise.all(concerns.map((id) => operator.untilLetters(id, 2)));
    const before = (await operator.operations()).length;
    const failed = ['--because-of', 'handler_failed', '--topic', 'waymark.intake'];
    const discard = ['discard', ...failed, '--reason', 'malformed', '--operator', 'tomas'];
    const shown = await operator.dead(...discard);
    expect(shown).toMatchObject({ code: 2, out: expect.stringContaining('--all 3') });
    expect(await operator.told(...discard, '--all', '2')).toMatchObject({ code: 2, outcome: 'not_confirmed' });
    const bothOf = second.map(({ id }: { id: string }) => id);
    expect(await operator.dead('discard', ...bothOf, '--reason', 'malformed')).toMatchObject({ code: 2 });
    expect(await operator.operations()).toHaveLength(before);

    expect(await operator.told('discard', ...bothOf, '--reason', 'duplicate', '--all', '2')).toMatchObject({
      ...{ code: 0, done: 2, orders: [{ outcome: 'done' }, { outcome: 'done', redriven: 0 }] },
    });
    expect(await operator.caseOpened(concerns[1] ?? '')).toBe(false);
    expect(await operator.dead(...discard, '--all', '3')).toMatchObject({ code: 0, out: '2 of 2 were given up.\n' });
    expect(await operator.caseOpened(concerns[0] ?? '')).toBe(true);
    const given = (await operator.operations()).slice(before);
    expect(given).toHaveLength(4);
    expect(new Set(given.map(({ stream }) => stream)).size).toBe(4);
    expect([first, third].map((letters) => letters.length)).toEqual([2, 2]);
  });

  it('has all keys of a topic handled again, each once', async () => {
    const concerns = [randomUUID(), randomUUID()];
    await intakeBus.publish(
      topicOf('intake'),
      concerns.flatMap((id) => [operator.accepted(id, 1, {}), operator.accepted(id, 2)]),
    );
    for (const id of concerns) await operator.untilLetters(id, 2);
    const again = await operator.told('redrive', '--topic', 'waymark.intake', '--all', '4');
    expect(again).toMatchObject({ code: 1, done: 0 });
    expect(again.orders).toHaveLength(2);
    expect(
      await operator.dead('redrive', '--topic', 'waymark.intake', '--go-on', '--reason', 'duplicate'),
    ).toMatchObject({ code: 2, out: '' });
    const all = ['--topic', 'waymark.intake', '--all', '4'];
    expect(await operator.told('discard', ...all, '--reason', 'duplicate')).toMatchObject({ code: 0, done: 4 });
  });

  it('has the messages and the facts of a service published again, and the log keeps who ordered it', async () => {
    for (const [relay, who] of [
      ['case', 'tomas'],
      ['case-facts', 'amina'],
    ] as const) {
      const done = await operator.publishAgain('--service', relay, '--operator', who);
      expect(done).toMatchObject({ code: 0, service: relay, operator: who, outcome: 'done' });
      expect((await operator.operations()).at(-1)).toMatchObject({
        stream: `case_operations-${done.orderId}`,
        type: 'PublishingAgainOrdered',
        data: { orderId: done.orderId, relay },
        metadata: { actor: { kind: 'operator', id: who } },
      });
    }
    await eventually(async () =>
      expect(await url('/metrics')).toMatch(/waymark_relay_lag_events\{relay="case",.*\} 0\n/),
    );
  });

  it('is told when there is no such letter', async () => {
    expect(await operator.dead('show', randomUUID())).toMatchObject({ code: 2, out: '' });
    expect(await operator.dead('discard', randomUUID(), '--reason', 'duplicate')).toMatchObject({ code: 2, out: '' });
  });
});
