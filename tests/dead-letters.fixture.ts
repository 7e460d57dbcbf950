import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { intakeMessages } from '@waymark/contracts';
import { derivedId, type Message } from '@waymark/messaging';
import { policiesOf } from '@waymark/service-kit';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** An operator of the case service with the command line, and what intake tells it. */
export function operatorOf(stage: Stage) {
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

  /** `messages …` of an operator of the case service. */
  async function messages(...args: readonly string[]) {
    const address = String(stage.environmentOf('case').DATABASE_URL);
    let out = '';
    let err = '';
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      err += chunk.toString();
      done();
    };
    const terminal = { stdout: { write: (text: string) => (out += text) }, stderr: new Writable({ write }) };
    const code = await runCommandLine(['messages', ...args, '--database', address], terminal);
    expect(out + err).not.toContain(new URL(address).password);
    return { code, out, err };
  }
  const dead = (...args: readonly string[]) => messages('dead', ...args);
  const told = async (...args: readonly string[]) => {
    const { code, out } = await dead(...args, '--json');
    return { code, ...JSON.parse(out) };
  };
  const publishAgain = async (...args: readonly string[]) => {
    const { code, out } = await messages('publish-again', ...args, '--json');
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
  const operations = async () => {
    const { events } = await stage.log.readAll({ after: 0n, categories: ['case_operations'], limit: 1_000 });
    return events.filter(({ stream }) => stream !== policiesOf('case'));
  };
  return { accepted, dead, told, publishAgain, lettersOf, untilLetters, caseOpened, operations };
}
