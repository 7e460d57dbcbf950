import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';

describe('waymark access explain', () => {
  let stage: Stage;
  let secrets: string;
  let resource: string;

  beforeAll(async () => {
    stage = await startStage({
      ...{ services: [caseService, intake, audit], logLevel: 'error' },
      environment: { ALTERNATE_DESK: 'ethics_office' },
    });
    secrets = await mkdtemp(path.join(tmpdir(), 'waymark-explain-'));
    for (const service of ['case', 'intake', 'audit']) {
      await mkdir(path.join(secrets, service));
      const lines = Object.entries(stage.environmentOf(service)).map(([name, value]) => `${name}=${value}\n`);
      await writeFile(path.join(secrets, service, `${service}.env`), lines.join(''));
    }
    resource = `case-${await acceptedCase(stage, await raise(), 'amina.officer')}`;
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const raise = async (changed: object = {}): Promise<string> => {
    const told = { kind: 'concern_report', identity: 'anonymous', reporterRelation: 'witness', matter: ['fraud'] };
    const body = { ...told, language: 'en', immediateDanger: false, narrative: 'It goes on.', ...changed };
    return (await stage.ask('intake', 'POST', '/v1/concerns', { body })).body.concernId;
  };
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
  const explained = async (as: readonly string[], action: string, of = resource) => {
    const { code, out, err } = await waymark('--as', ...as, '--action', action, '--resource', of, '--json');
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

  it('says of what the log holds about a client who replays it, by the case as well', async () => {
    const history = resource.replace('case-', 'history-');
    expect(await explained(['jonas.auditor'], 'GetCaseTimeline', history)).toMatchObject({
      ...{ outcome: 'allow', policies: [{ id: 'auditors-replay' }] },
    });
    const shutOut = await raise({ exclusions: { people: [], roles: ['auditor'], units: [] } });
    const hidden = `history-${await acceptedCase(stage, shutOut, 'amina.officer')}`;
    await eventually(async () =>
      expect(await explained(['jonas.auditor'], 'GetCaseTimeline', hidden)).toMatchObject({
        ...{ outcome: 'hidden', policies: [{ id: 'shut-out-of-the-history-too' }] },
      }),
    );
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

  it('knows which desk a concern belongs to', async () => {
    const concernId = await raise({ exclusions: { people: [], roles: ['officer'], units: [] } });
    const reads = (as: string) => explained([as], 'ReadConcern', `concern-${concernId}`);
    expect(await reads('ingrid.supervisor')).toMatchObject({
      outcome: 'hidden',
      policies: expect.arrayContaining([expect.objectContaining({ id: 'about-the-desk-itself' })]),
    });
    expect(await reads('samuel.supervisor')).toMatchObject({ outcome: 'allow' });
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
