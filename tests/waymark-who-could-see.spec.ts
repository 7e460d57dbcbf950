import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { freePort } from '@waymark/testing';
import pg from 'pg';
import { acceptedCase } from './accepted-case.fixture.js';

describe('waymark access who-could-see', () => {
  let stage: Stage;
  let caseId: string;
  let at: string;
  let address: string;

  beforeAll(async () => {
    const now = new Date().toISOString();
    stage = await startStage({ services: [intake, caseService, audit], logLevel: 'error', now });
    const body = {
      ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'witness', matter: ['harassment'] },
      ...{ language: 'en', immediateDanger: false, narrative: 'At night.' },
      exclusions: { people: [stage.idOf('lucia.officer')], roles: [], units: [] },
    };
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body });
    caseId = await acceptedCase(stage, raised.body.concernId, 'amina.officer');
    const recusal = { as: 'ingrid.supervisor', body: { reason: 'My sister.' } };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/recusal`, recusal)).toMatchObject({ status: 200 });
    for await (const { recordedAt } of stage.log.readStream(`case-${caseId}`)) at = recordedAt;
    address = `http://127.0.0.1:${stage.environmentOf('audit').PORT}`;
  });
  afterAll(() => stage?.close());
  afterEach(() => void delete process.env.WAYMARK_TOKEN);

  const as = async (username: string) => void (process.env.WAYMARK_TOKEN = await stage.token(username));
  const run = async (...args: readonly string[]) => {
    const output = { out: '', err: '' };
    const stderr = new Writable({
      write: (chunk: Buffer, _encoding, done) => void ((output.err += chunk.toString()), done()),
    });
    const code = await runCommandLine(['access', 'who-could-see', ...args], {
      stdout: { write: (text: string) => (output.out += text) },
      stderr,
    });
    return { code, ...output };
  };
  const ask = (...more: readonly string[]) => run('--case', caseId, '--at', at, '--audit', address, ...more);

  it('says for people who could see what, and through which rule', async () => {
    await as('jonas.auditor');
    const { code, out, err } = await ask();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Case ${caseId}, engagement, 1 shut out`);
    expect(out).toMatch(/every supervisor\n\s+supervisors-read-cases: Supervisors review: they read every case\./);
    expect(out).toMatch(
      new RegExp(`${stage.idOf('amina.officer')} as officer or clinician\n\\s+the-team-reads-its-case: `),
    );
    expect(out).toMatch(new RegExp(`not ${stage.idOf('ingrid.supervisor')} as supervisor\n\\s+the-recused-stay-out: `));
    expect(out).toContain('whoever holds the reporter receipt');
    expect(out).toContain('shut_out_sealed: ');
    expect(out).not.toContain(stage.idOf('lucia.officer'));
  });

  it('prints all that the service answers as one line of JSON', async () => {
    await as('jonas.auditor');
    const { code, out } = await ask('--json');
    const path = `/v1/cases/${caseId}/who-could-see?at=${encodeURIComponent(at)}`;
    const { body } = await stage.ask('audit', 'GET', path, { as: 'jonas.auditor' });
    expect({ code, answer: JSON.parse(out) }).toEqual({ code: 0, answer: body });
    expect(out.trim()).not.toContain('\n');
  });

  it.each<[string, string, () => readonly string[], RegExp]>([
    ['a case that there is not', 'jonas.auditor', () => ['--case', randomUUID(), '--at', at], /nothing here/],
    ['what is no moment', 'jonas.auditor', () => ['--case', caseId, '--at', 'monday'], /^at must be an RFC 3339/],
    ['a moment to come', 'jonas.auditor', () => ['--case', caseId, '--at', '2999-01-01T00:00:00Z'], /^at must not be/],
    ['somebody who is no auditor', 'amina.officer', () => ['--case', caseId, '--at', at], /./],
  ])('is wrong use for %s', async (_what, username, args, says) => {
    await as(username);
    const { code, out, err } = await run(...args(), '--audit', address);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(says) });
  });

  it('is wrong use without a token, and sends none over a network in the clear', async () => {
    expect(await ask()).toMatchObject({ code: 2, err: expect.stringContaining('WAYMARK_TOKEN') });
    await as('jonas.auditor');
    expect(await ask('--audit', 'http://audit.example.org')).toMatchObject({
      code: 2,
      err: expect.stringContaining('https'),
    });
  });

  it('says when the service cannot be reached', async () => {
    await as('jonas.auditor');
    expect(await ask('--audit', `http://127.0.0.1:${await freePort()}`)).toMatchObject({
      ...{ code: 3, out: '' },
      err: expect.stringContaining('cannot be reached'),
    });
  });

  // Last: afterwards the log is not what it was.
  it('ends with a fault where the log is not as it was written', async () => {
    await as('jonas.auditor');
    const admin = new pg.Client({ connectionString: stage.eventStoreAdminUrl });
    await admin.connect();
    await admin.query('ALTER TABLE waymark.events DISABLE TRIGGER events_append_only');
    await admin.query(
      `UPDATE waymark.events SET data = replace(data, $2, 'nobody') WHERE stream_id = $1 AND type = 'OfficerRecused'`,
      [`case-${caseId}`, stage.idOf('ingrid.supervisor')],
    );
    await admin.query('ALTER TABLE waymark.events ENABLE ALWAYS TRIGGER events_append_only');
    await admin.end();
    const { code, out } = await ask();
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('NOT AS IT WAS WRITTEN') });
  });
});
