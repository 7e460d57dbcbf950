import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { intakeMessages, topicOf } from '@waymark/contracts';
import { derivedId, type Bus, type Message } from '@waymark/messaging';
import { startStage, type Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

let stage: Stage;
let intakeBus: Bus;

beforeAll(async () => {
  stage = await startStage({ services: [caseService], environment: { MESSAGE_GAP_WAIT_SECONDS: '1' } });
  intakeBus = stage.busOf('intake');
});
afterAll(() => stage?.close());

const accepted = (subject: string, sequence: number, data?: object): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/waymark/intake',
  type: intakeMessages.concernAccepted.type,
  subject,
  time: '2026-03-02T07:59:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: randomUUID(),
  causationid: randomUUID(),
  data: data ?? {
    concernId: subject,
    clientId: randomUUID(),
    officerId: stage.idOf('amina.officer'),
    acceptedAt: '2026-03-02T07:59:00.000Z',
  },
});

/** `messages dead …` of an operator of the case service. */
async function dead(...args: readonly string[]) {
  const address = String(stage.environmentOf('case').DATABASE_URL);
  let out = '';
  let err = '';
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    err += chunk.toString();
    done();
  };
  const terminal = { stdout: { write: (text: string) => (out += text) }, stderr: new Writable({ write }) };
  const code = await runCommandLine(['messages', 'dead', ...args, '--database', address], terminal);
  expect(out + err).not.toContain(new URL(address).password);
  return { code, out, err };
}
const told = async (...args: readonly string[]) => {
  const { code, out } = await dead(...args, '--json');
  return { code, ...JSON.parse(out) };
};
const lettersOf = async (subject: string) => (await told('list', '--subject', subject)).deadLetters;
const untilLetters = async (subject: string, count: number) => {
  await eventually(async () => expect(await lettersOf(subject)).toHaveLength(count), { timeoutMs: 30_000 });
  return lettersOf(subject);
};
const caseOpened = async (concernId: string): Promise<boolean> => {
  for await (const { type } of stage.log.readStream(`case-${derivedId('case', concernId)}`))
    if (type === 'CaseOpened') return true;
  return false;
};
const operations = async () =>
  (await stage.log.readAll({ after: 0n, categories: ['case_operations'], limit: 1_000 })).events;
const url = async (path: string): Promise<string> => (await fetch(`${stage.running('case').url}${path}`)).text();

describe('an operator with the command line', () => {
  it('finds a message that cannot be handled, sees it fail again, and discards it with a reason that the log keeps', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [accepted(concernId, 1, { malformed: true }), accepted(concernId, 2)]);
    const [poison, behind] = await untilLetters(concernId, 2);
    expect([poison.reason, behind.reason].sort()).toEqual(['behind_dead_letter', 'handler_failed']);
    const first = poison.sequence === 1 ? poison : behind;
    expect(first).toMatchObject({ consumer: 'case', attempts: 5, origin: { topic: 'waymark.intake' } });
    expect(first).not.toHaveProperty('stack');

    const shown = await dead('show', first.id);
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

    expect(await told('redrive', first.id)).toMatchObject({
      code: 1,
      outcome: 'done',
      redriven: 0,
      stoppedAt: { deadLetterId: first.id, reason: 'handler_failed' },
    });
    expect(await caseOpened(concernId)).toBe(false);
    expect(await operations()).toEqual([]);

    const note = 'Amina has called Ravi about it';
    const discarded = await told('discard', first.id, '--reason', 'malformed', '--note', note, '--operator', 'tomas');
    expect(discarded).toMatchObject({ code: 0, outcome: 'done', redriven: 1 });
    expect(await caseOpened(concernId)).toBe(true);
    const [event] = await operations();
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
    expect(await lettersOf(concernId)).toEqual([]);
    expect((await told('list', '--all', '--subject', concernId)).deadLetters).toHaveLength(2);
    expect(await url('/health/ready')).toContain('"messages":"ok"');
  });

  it('goes on without a message that is lost for good', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [accepted(concernId, 2)]);
    await eventually(async () => expect(await url('/health/ready')).toContain('1 messages wait for an earlier one'));
    stage.clock.advance({ seconds: 2 });
    const [gap] = await untilLetters(concernId, 1);
    expect(gap).toMatchObject({ reason: 'sequence_gap', attempts: 0 });
    expect(await url('/health/ready')).toContain('1 of them miss a message before them');
    expect(await told('redrive', gap.id)).toMatchObject({ code: 1, stoppedAt: { reason: 'sequence_gap' } });
    expect(await told('redrive', gap.id, '--go-on', '--reason', 'lost_for_good')).toMatchObject({
      code: 0,
      redriven: 1,
    });
    expect(await caseOpened(concernId)).toBe(true);
    expect((await operations()).at(-1)).toMatchObject({
      type: 'SequenceGapAccepted',
      data: { reason: 'lost_for_good' },
    });
  });

  it('who is one of two that discard the same message at once: it is discarded once', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [accepted(concernId, 1, {})]);
    const [letter] = await untilLetters(concernId, 1);
    const results = await Promise.all(
      ['amina', 'tomas'].map((operator) => told('discard', letter.id, '--reason', 'duplicate', '--operator', operator)),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['closed_before', 'done']);
    const ofLetter = (await operations()).filter(({ stream }) => stream.endsWith(letter.id));
    expect(ofLetter).toHaveLength(1);
  });

  it('who orders something while the service is down finds it done when it is back', async () => {
    const concernId = randomUUID();
    await intakeBus.publish(topicOf('intake'), [accepted(concernId, 1, {}), accepted(concernId, 2)]);
    const letters = await untilLetters(concernId, 2);
    const poison = letters.find(({ sequence }: { sequence: number }) => sequence === 1);
    await stage.stop('case');
    expect(await told('discard', poison.id, '--reason', 'malformed', '--wait', '1')).toMatchObject({
      code: 1,
      outcome: 'ordered',
    });
    await stage.start('case');
    await eventually(async () => expect(await caseOpened(concernId)).toBe(true));
    expect(await lettersOf(concernId)).toEqual([]);
    expect(await told('redrive', poison.id)).toMatchObject({ code: 1, outcome: 'closed_before', as: 'discarded' });
  });

  it('is told when there is no such letter', async () => {
    expect(await dead('show', randomUUID())).toMatchObject({ code: 2, out: '' });
    expect(await dead('discard', randomUUID(), '--reason', 'duplicate')).toMatchObject({ code: 2, out: '' });
  });
});
