import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { type Played, playStory } from './whole-platform.fixture.js';

jest.setTimeout(240_000);

describe('what takes several steps', () => {
  let stage: Stage;
  let secrets: string;
  beforeAll(async () => {
    const services = [intake, caseService, consent, referral, audit];
    stage = await startStage({ services, now: new Date().toISOString() });
    secrets = await mkdtemp(path.join(tmpdir(), 'waymark-led-'));
    for (const service of ['intake', 'consent']) {
      await mkdir(path.join(secrets, service));
      const lines = Object.entries(stage.environmentOf(service)).map(([name, value]) => `${name}=${value}\n`);
      await writeFile(path.join(secrets, service, `${service}.env`), lines.join(''));
    }
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const waymark = async (...args: readonly string[]) => {
    let out = '';
    let err = '';
    const write = (chunk: Buffer, _: string, done: () => void): void => {
      err += chunk.toString();
      done();
    };
    const terminal = { stdout: { write: (text: string) => (out += text) }, stderr: new Writable({ write }) };
    const code = await runCommandLine([...args, '--secrets', secrets], terminal);
    return { code, out, err };
  };
  const told = async (...args: readonly string[]) => {
    const { code, out } = await waymark('processes', ...args, '--json');
    return { code, ...JSON.parse(out) };
  };
  const listed = async (...args: readonly string[]) => (await told('list', ...args)).processes;
  const about = async (id: string) => (await listed('--all')).find((each: { about: string }) => each.about === id);
  const untilCompleted = (id: string) =>
    eventually(async () => expect(await about(id)).toMatchObject({ state: 'completed' }), { timeoutMs: 40_000 });
  const withdraw = async ({ clientId, consentId }: Played) => {
    const withdrawal = `/v1/clients/${clientId}/consents/${consentId}/withdrawal`;
    const answer = await stage.ask('consent', 'POST', withdrawal, { as: 'amina.officer', body: { way: 'oral' } });
    expect(answer).toMatchObject({ status: 200 });
  };
  const statusOf = async ({ referralId }: Played) =>
    (await stage.ask('referral', 'GET', `/v1/referrals/${referralId}`, { as: 'amina.officer' })).body.status;
  const processEvents = async () => {
    const page = { after: 0n, categories: ['intake_process', 'consent_process'], limit: 1_000 };
    return (await stage.log.readAll(page)).events.map(({ id }) => id);
  };

  it('an accepted concern becomes a case, a withdrawal suspends its referral: an operator sees both to their end', async () => {
    const played = await playStory(stage);
    await untilCompleted(played.concernId);
    await withdraw(played);
    await untilCompleted(played.consentId);
    expect(await statusOf(played)).toBe('suspended_consent_withdrawn');
    expect(await listed()).toEqual([]);

    const { processId } = await about(played.consentId);
    const shown = await told('show', processId);
    expect(shown).toMatchObject({ code: 0, service: 'consent', process: 'consent-withdrawal', missing: [] });
    expect(shown.steps).toMatchObject([
      { step: 'suspend_referrals', awaits: [played.referralId], answers: [{ answer: 'suspended' }] },
    ]);
    const { out } = await waymark('processes', 'show', processId);
    expect(out).toContain(`${played.referralId}: suspended`);
    expect((await waymark('processes', 'list', '--all')).out).toContain('concern-acceptance');

    const timeline = `/v1/clients/${played.clientId}/timeline?type=ProcessCompleted`;
    const replayed = (await stage.ask('audit', 'GET', timeline, { as: 'jonas.auditor' })).body;
    expect(replayed.items.map(({ service }: { service: string }) => service)).toEqual(['intake', 'consent']);
  });

  it('a referral service that is away: the operator sees which referral is missing, and when it is overdue, and asks again', async () => {
    const played = await playStory(stage);
    await untilCompleted(played.concernId);
    await stage.stop('referral');
    await withdraw(played);
    const open = await eventually(async () => {
      const [process] = await listed('--service', 'consent');
      expect(process).toMatchObject({ about: played.consentId, state: 'open', missing: [played.referralId] });
      return process;
    });
    expect(await listed('--overdue')).toEqual([]);
    stage.clock.advance({ minutes: 6 });
    await eventually(async () =>
      expect(await listed('--overdue')).toMatchObject([{ processId: open.processId, state: 'overdue' }]),
    );
    const retried = await told('retry', open.processId, '--operator', 'tomas');
    expect(retried).toMatchObject({ code: 0, outcome: 'taken', step: 'suspend_referrals' });

    await stage.start('referral');
    await untilCompleted(played.consentId);
    expect(await statusOf(played)).toBe('suspended_consent_withdrawn');
    expect(await listed('--overdue')).toEqual([]);
    expect(await told('retry', open.processId)).toMatchObject({ code: 1, outcome: 'not_open' });
    const types: string[] = [];
    for await (const { type } of stage.log.readStream(`referral-${played.referralId}`)) types.push(type);
    expect(types.filter((type) => type === 'ReferralSuspended')).toHaveLength(1);
    expect(types.filter((type) => type === 'RecipientInformed')).toHaveLength(1);
  });

  it('rings nothing when its clocks are rebuilt from the log', async () => {
    const before = await processEvents();
    for (const service of ['intake', 'consent'])
      for (const view of [`${service}-process-clocks`, `${service}-processes`]) {
        expect(await waymark('views', 'rebuild', view, '--quiet')).toMatchObject({ code: 0 });
        expect(await waymark('views', 'switch', view, '--quiet')).toMatchObject({ code: 0 });
      }
    for (const service of ['intake', 'consent'])
      expect(await stage.query(service, 'SELECT * FROM process_clocks')).toEqual([]);
    // Whatever a bell had set off would stand before this in its log.
    const played = await playStory(stage);
    await untilCompleted(played.concernId);
    const since = (await processEvents()).slice(before.length);
    expect((await processEvents()).slice(0, before.length)).toEqual(before);
    expect(since).toHaveLength(7);
  });

  it('who asks for a process that is not there is told so', async () => {
    const unknown = '00000000-0000-8000-8000-000000000000';
    expect(await waymark('processes', 'show', unknown)).toMatchObject({ code: 2, out: '' });
    expect(await waymark('processes', 'retry', unknown)).toMatchObject({ code: 2, out: '' });
    expect(await waymark('processes', 'show', 'x')).toMatchObject({ code: 2 });
  });
});
