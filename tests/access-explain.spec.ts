import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { intakeMessages, topicOf } from '@waymark/contracts';
import { derivedId, type Message } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

describe('waymark access explain', () => {
  let stage: Stage;
  let secrets: string;
  let resource: string;

  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    secrets = await mkdtemp(path.join(tmpdir(), 'waymark-explain-'));
    await mkdir(path.join(secrets, 'case'));
    const lines = Object.entries(stage.environmentOf('case')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(path.join(secrets, 'case', 'case.env'), lines.join(''));
    resource = `case-${await openCase()}`;
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  async function openCase(): Promise<string> {
    const concern = { concernId: randomUUID(), clientId: randomUUID(), officerId: stage.idOf('amina.officer') };
    const accepted: Message = {
      ...{ id: randomUUID(), source: '/waymark/intake', datacontenttype: 'application/json' },
      ...{
        type: intakeMessages.concernAccepted.type,
        subject: concern.concernId,
        time: stage.clock.now(),
        sequence: 1,
      },
      ...{ correlationid: randomUUID(), causationid: randomUUID() },
      specversion: '1.0',
      data: { ...concern, acceptedAt: stage.clock.now() },
    };
    await stage.busOf('intake').publish(topicOf('intake'), [accepted]);
    const caseId = derivedId('case', concern.concernId);
    await eventually(async () => {
      const { status } = await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: 'amina.officer' });
      return status === 200;
    });
    return caseId;
  }
  const waymark = async (...args: readonly string[]) => {
    const output = { out: '', err: '' };
    const stderr = new Writable({
      write: (chunk: Buffer, _encoding, done) => void ((output.err += chunk.toString()), done()),
    });
    const code = await runCommandLine(['access', 'explain', ...args, '--secrets', secrets], {
      stdout: { write: (text: string) => (output.out += text) },
      stderr,
    });
    return { code, ...output };
  };
  const explained = async (as: readonly string[], action: string) => {
    const { code, out, err } = await waymark('--as', ...as, '--action', action, '--resource', resource, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out);
  };

  it('names the policy that lets somebody in, with the rule that it implements', async () => {
    expect(await explained(['amina.officer'], 'ReadCase')).toMatchObject({
      outcome: 'allow',
      decidedAt: 'thing',
      policies: [{ id: 'the-team-reads-its-case', effect: 'permit', rule: expect.stringContaining('Need to know') }],
    });
  });

  it('says what is hidden, and which policies do not hold', async () => {
    expect(await explained(['lucia.officer'], 'ReadCase')).toMatchObject({
      outcome: 'hidden',
      policies: [],
      missed: [
        { id: 'broken-glass-opens-the-case' },
        { id: 'the-team-reads-its-case' },
        { id: 'supervisors-read-cases' },
      ],
    });
    const { out } = await waymark('--as', 'lucia.officer', '--action', 'ReadCase', '--resource', resource);
    expect(out).toContain('hidden');
    expect(out).toContain('the-team-reads-its-case: Need to know');
  });

  it('says what is refused at the door, and what about this case only', async () => {
    expect(await explained(['priya.analyst'], 'ReadCase')).toMatchObject({ outcome: 'deny', decidedAt: 'door' });
    const both = ['0197d000-0000-7000-8000-000000000099', '--roles', 'officer,supervisor', '--unit', 'support_desk'];
    expect(await explained(both, 'AssessRisk')).toMatchObject({ outcome: 'deny', decidedAt: 'thing' });
  });

  it('says through which prohibition a purpose that is stated is refused', async () => {
    expect(await explained(['amina.officer', '--purpose', 'statistics'], 'ReadCase')).toMatchObject({
      outcome: 'deny',
      policies: [{ id: 'nobody-is-read-for-statistics', effect: 'forbid' }],
    });
    expect(await explained(['amina.officer', '--purpose', 'security'], 'ReadCase')).toMatchObject({ outcome: 'allow' });
  });

  it('looks at the case as it stands now', async () => {
    const body = { staffId: stage.idOf('kwame.officer') };
    const caseId = resource.slice('case-'.length);
    expect(await explained(['kwame.officer'], 'WriteNote')).toMatchObject({ outcome: 'hidden' });
    await stage.ask('case', 'POST', `/v1/cases/${caseId}/team-members`, { as: 'ingrid.supervisor', body });
    expect(await explained(['kwame.officer'], 'WriteNote')).toMatchObject({ outcome: 'allow' });
  });

  it.each([
    ['an action that there is not', ['--as', 'amina.officer', '--action', 'Snoop'], 'Snoop'],
    [
      'a thing of another kind',
      ['--as', 'amina.officer', '--action', 'ReadCase', '--resource', 'concern-1'],
      'case-ID',
    ],
    [
      'a case that there is not',
      ['--as', 'amina.officer', '--action', 'ReadCase', '--resource', `case-${randomUUID()}`],
      'no case-',
    ],
    ['staff without their roles', ['--as', randomUUID(), '--action', 'ListCases'], '--roles'],
    [
      'a role that there is not',
      ['--as', randomUUID(), '--roles', 'oficer', '--action', 'ListCases'],
      'unit_focal_point',
    ],
  ])('is wrong use for %s', async (_what, args, says) => {
    const { code, err } = await waymark(...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) });
  });
});
