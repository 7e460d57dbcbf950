import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { topicOf } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { operatorOf } from './dead-letters.fixture.js';

jest.setTimeout(120_000);

describe('an operator whose orders wait because the service is down', () => {
  let stage: Stage;
  let secrets: string;
  let operator: ReturnType<typeof operatorOf>;

  beforeAll(async () => {
    stage = await startStage({ services: [caseService] });
    operator = operatorOf(stage);
    secrets = await mkdtemp(join(tmpdir(), 'waymark-orders-'));
    await mkdir(join(secrets, 'case'));
    const lines = Object.entries(stage.environmentOf('case')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(secrets, 'case', 'case.env'), lines.join(''));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const orders = async (...args: readonly string[]) => {
    let [out, said] = ['', ''];
    const stderr = new Writable({ write: (chunk, _encoding, done) => done((said += String(chunk)) ? null : null) });
    const terminal = { stdout: { write: (text: string) => (out += text).length }, stderr };
    const code = await runCommandLine(['orders', ...args, '--secrets', secrets], terminal);
    return { code, out, said };
  };
  const listed = async (...args: readonly string[]) => JSON.parse((await orders('list', ...args, '--json')).out).orders;

  it('sees them, takes one back, and the log says who took back what, and why', async () => {
    const concernId = randomUUID();
    await stage.busOf('intake').publish(topicOf('intake'), [operator.accepted(concernId, 1, { malformed: true })]);
    const [letter] = await operator.untilLetters(concernId, 1);
    await stage.stop('case');
    const hurried = ['--operator', 'amina', '--wait', '1'];
    const discard = await operator.told('discard', letter.id, '--reason', 'duplicate', '--note', 'as said', ...hurried);
    const { orderId: again } = await operator.publishAgain('--service', 'case', ...hurried);
    expect(await listed()).toMatchObject([
      {
        ...{ orderId: discard.orderId, service: 'case', kind: 'discard', about: letter.id },
        ...{ operator: 'amina', state: 'waiting', note: 'as said' },
      },
      { orderId: again, service: 'case', kind: 'publish_again', about: 'case', operator: 'amina', state: 'waiting' },
    ]);
    expect((await orders('list')).out).toMatch(new RegExp(`${again} +case +publish_again +case +amina +\\S+ +waiting`));

    const withdraw = (id: string) => orders('withdraw', id, '--reason', 'ordered_by_mistake', '--operator', 'tomas');
    expect(await withdraw(discard.orderId)).toMatchObject({ code: 0, out: expect.stringContaining('Withdrawn') });
    expect(await withdraw(discard.orderId)).toMatchObject({ code: 1, out: expect.stringContaining('before') });
    expect(await withdraw(randomUUID())).toMatchObject({ code: 2, said: expect.stringContaining('no order') });
    expect(await orders('withdraw', again)).toMatchObject({ code: 2, said: expect.stringContaining('--reason') });

    await stage.start('case');
    await eventually(async () => expect(await listed()).toEqual([]));
    const withdrawals = async () => (await operator.operations()).filter(({ type }) => type === 'OrderWithdrawn');
    const [recorded, ...others] = await eventually(async () => {
      const found = await withdrawals();
      expect(found).not.toEqual([]);
      return found;
    });
    expect(others).toEqual([]);
    expect(recorded).toMatchObject({
      stream: `case_operations-${discard.orderId}`,
      data: {
        ...{ orderId: discard.orderId, kind: 'discard', about: letter.id },
        ...{ orderedBy: 'amina', reason: 'ordered_by_mistake' },
      },
      metadata: { actor: { kind: 'operator', id: 'tomas' } },
    });
    expect(await operator.lettersOf(concernId)).toMatchObject([{ id: letter.id }]);
    const withdrawn = { orderId: discard.orderId, state: 'withdrawn', result: { by: 'tomas' } };
    expect(await listed('--all')).toMatchObject([withdrawn, { orderId: again, state: 'done' }]);
  });
});
