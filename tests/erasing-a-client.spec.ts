import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, readServerLog } from '@waymark/testing';
import { canaryOf, findings, type Haystack } from './canary-search.fixture.js';
import { databasesOf, expectAll, newWords, ofAnother, ofTheClient, ofTheReporter } from './erasing.fixture.js';
import { envelopesIn, openByForce } from './sealed-search.fixture.js';
import { definitions } from '@waymark/services';
import { type Played, playStory } from './whole-platform.fixture.js';

jest.setTimeout(180_000);

const sealing = ['intake', 'case', 'consent', 'referral'] as const;
const words = newWords();

describe('erasing a client', () => {
  let stage: Stage;
  let played: Played;
  let oldKeys: ReadonlyMap<string, readonly object[]>;
  let figures: string;
  let folder: string;
  let exported: readonly Haystack[] = [];
  const lines: string[] = [];
  const officer = 'amina.officer';
  const supervisor = 'ingrid.supervisor';
  const client = () => `/v1/clients/${played.clientId}`;
  const databases = () => databasesOf(stage);
  const everywhere = async () => [
    ...(await databases()),
    ...exported,
    { place: 'log of the database server', text: await readServerLog() },
    { place: 'log lines', text: lines.join('') },
  ];
  /** What reporting was told, and what it makes of it. */
  const table = async (): Promise<string> => {
    const { events } = await stage.log.readAll({ after: 0n, categories: ['fact'], limit: 1_000 });
    const period = stage.clock.now().slice(0, 4);
    const path = `/v1/reports/typology-geography?period=${period}&typology=matter`;
    const { status, body } = await stage.ask('reporting', 'GET', path, { as: 'priya.analyst' });
    return JSON.stringify({ told: events.map(({ data }) => data), status, rows: body.rows });
  };
  const waymark = async (...args: readonly string[]) => {
    const told: string[] = [];
    const write = (text: string) => told.push(text) > 0;
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const url = String(stage.environmentOf('audit').EVENT_STORE_URL);
    return { code: await runCommandLine([...args, '--url', url, '--quiet'], { stdout: { write }, stderr }), told };
  };
  /** Everything that is in a copy of the log: it is kept for as long as the log, and holds no key. */
  const exportLog = async (name: string): Promise<readonly Haystack[]> => {
    const out = join(folder, name);
    expect(await waymark('events', 'export', '--out', out)).toMatchObject({ code: 0 });
    const files = await readdir(out, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((each) => each.isFile())
      .map(async (each) => ({
        place: `export ${each.name}`,
        text: await readFile(join(each.parentPath, each.name), 'utf8'),
      }));
    return Promise.all(texts);
  };
  const keyRows = async (service: string) =>
    stage.queryKeys<object>(service, 'SELECT * FROM data_keys WHERE subject_id = $1', [played.clientId]);
  const openedEverywhere = async (): Promise<string> =>
    (await openByForce(stage, envelopesIn([...(await databases()), ...exported]))).join('\n');

  beforeAll(async () => {
    stage = await startStage({
      services: definitions,
      logLevel: 'info',
      logTo: (line) => lines.push(line),
      environment: { KEY_BACKUP_DAYS: '20' },
    });
    played = await playStory(stage, words);
    await eventually(async () => JSON.parse(await table()).told.length === 2);
    figures = await table();
    folder = await mkdtemp(join(tmpdir(), 'waymark-erasing-'));
    exported = await exportLog('before');
    oldKeys = new Map(await Promise.all(sealing.map(async (name) => [name, await keyRows(name)] as const)));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('begins with every text of theirs open to who holds the keys, and none lying in the clear', async () => {
    const opened = await openedEverywhere();
    expectAll(opened, words, [...ofTheReporter, ...ofAnother, ...ofTheClient], true);
    for (const service of sealing) expect(oldKeys.get(service)).toHaveLength(1);
    const planted = Object.entries(words).map(([field, word]) => canaryOf(field, word));
    expect(findings(planted, await everywhere())).toEqual([]);
  });

  it('takes a request and the approval of another person, and no legal hold', async () => {
    const requested = await stage.ask('consent', 'POST', '/v1/my-erasure', { token: played.clientToken });
    expect(requested).toMatchObject({ status: 201, body: { status: 'requested' } });
    const again = await stage.ask('consent', 'POST', `${client()}/erasure-requests`, {
      as: officer,
      body: { way: 'oral' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'erasure_already_requested' } });
    const hold = await stage.ask('consent', 'POST', `${client()}/legal-holds`, {
      as: supervisor,
      body: { basis: 'investigation' },
    });
    expect(hold).toMatchObject({ status: 201 });
    const approval = () => stage.ask('consent', 'POST', `${client()}/erasure-approval`, { as: supervisor });
    expect(await approval()).toMatchObject({ status: 409, body: { code: 'legal_hold_stands' } });
    const mine = await stage.ask('consent', 'GET', '/v1/my-erasure', { token: played.clientToken });
    expect(JSON.stringify(mine.body)).not.toMatch(/hold|investigation|staff/i);
    await stage.ask('consent', 'POST', `${client()}/legal-holds/${hold.body.holdId}/lifting`, { as: supervisor });
    expect(await approval()).toMatchObject({ status: 200 });
  });

  it('ends with a certificate: which keys of which contexts, when, by whom, and until when backups hold them', async () => {
    const erasure = await eventually(async () => {
      const { body } = await stage.ask('consent', 'GET', `${client()}/erasure`, { as: supervisor });
      return body.erasure.status === 'completed' && body.erasure;
    });
    expect(erasure).toMatchObject({ ground: 'client_request', way: 'receipt', approvedBy: stage.idOf(supervisor) });
    const contexts: { context: string; keyMadeAt: string; destroyedAt: string; backupsExpireAt: string }[] =
      erasure.contexts;
    expect(contexts.map(({ context }) => context).toSorted()).toEqual([...sealing].toSorted());
    for (const { keyMadeAt, destroyedAt, backupsExpireAt } of contexts) {
      expect(keyMadeAt < destroyedAt).toBe(true);
      expect(Date.parse(backupsExpireAt) - Date.parse(destroyedAt)).toBe(20 * 86_400_000);
    }
    const mine = await stage.ask('consent', 'GET', '/v1/my-erasure', { token: played.clientToken });
    expect(mine.body).toMatchObject({ status: 'completed', lastBackupExpiresAt: erasure.lastBackupExpiresAt });
    expect((await stage.ask('consent', 'GET', '/metrics')).body).toContain(
      'waymark_erasures_overdue{service="consent"} 0',
    );
  });

  it('leaves no text of theirs that any key would open, wherever it lies, and all texts of the others', async () => {
    const opened = await openedEverywhere();
    expectAll(opened, words, ofTheClient, false);
    expectAll(opened, words, [...ofTheReporter, ...ofAnother], true);
    const planted = Object.entries(words).map(([field, word]) => canaryOf(field, word));
    expect(findings(planted, await everywhere())).toEqual([]);
  });

  it('shows who may read what is left, marked as erased, and the witness everything of theirs', async () => {
    const { concernId, caseId, clientToken, reporterToken, referralId } = played;
    const read = (service: string, path: string, options: object) => stage.ask(service, 'GET', path, options);
    const concern = await read('intake', `/v1/concerns/${concernId}`, { as: officer });
    expect(concern).toMatchObject({
      status: 200,
      body: { erased: ['client'], account: { narrative: words.narrative } },
    });
    expect(concern.body.account).not.toHaveProperty('matter');
    const mine = await read('intake', '/v1/my-concern', { token: reporterToken });
    expect(mine).toMatchObject({ status: 200, body: { narrative: words.narrative } });
    expect(await read('case', `/v1/cases/${caseId}`, { as: officer })).toMatchObject({
      status: 200,
      body: { lastRiskAssessment: { erased: true } },
    });
    const notes = await read('case', `/v1/cases/${caseId}/notes`, { as: 'marek.clinician' });
    expect(notes.body.items).toMatchObject([{ erased: true }, { erased: true }]);
    const consents = await read('consent', '/v1/my-consents', { token: clientToken });
    expect(consents).toMatchObject({ status: 200, body: { items: [{ erased: true }] } });
    expect((await read('consent', '/v1/my-ledger', { token: clientToken })).body.items).toHaveLength(2);
    expect(await read('referral', `/v1/referrals/${referralId}`, { as: officer })).toMatchObject({ status: 200 });
    expect(await read('audit', `/v1/cases/${caseId}/timeline`, { as: 'jonas.auditor' })).toMatchObject({ status: 200 });
  });

  it('refuses what would write about them, with a code that says why', async () => {
    const { caseId, concernId, clientId, referralId } = played;
    const scope = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact'] };
    const levels = { levels: { safety: 'low' }, overall: 'low' };
    const assessment = { instrument: 'desk-risk', instrumentVersion: '1.0', ...levels };
    const asking = { ...scope, language: 'en', explained: 'all', capacity: 'self' };
    const attempts = [
      ['case', `/v1/cases/${caseId}/notes`, { noteClass: 'administrative', text: 'late' }],
      ['case', `/v1/cases/${caseId}/risk-assessments`, assessment],
      ['intake', `/v1/concerns/${concernId}/guidance`, { avenues: ['no_action_now'], decision: 'not_now' }],
      ['consent', `/v1/clients/${clientId}/consent-refusals`, asking],
      ['consent', `/v1/clients/${clientId}/erasure-requests`, { way: 'oral' }],
    ] as const;
    for (const [service, path, body] of attempts) {
      const answer = await stage.ask(service, 'POST', path, { as: officer, body });
      expect({ path, ...answer }).toMatchObject({ path, status: 409, body: { code: 'person_erased' } });
    }
    const opening = await stage.ask('referral', 'POST', `/v1/referrals/${referralId}/openings`, {
      as: 'olivier.ombudsman',
    });
    expect(opening.status).toBe(409);
    // Refused by consent, and by the referral itself once it has heard that it is suspended.
    expect(['consent_missing', 'referral_suspended']).toContain(opening.body.code);
    const stage2 = { stage: 'planning' };
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/stage`, { as: officer, body: stage2 })).toMatchObject({
      ...{ status: 409, body: { code: 'person_erased' } },
    });
    const written = await stage.ask('intake', 'POST', '/v1/my-concern/messages', {
      token: played.reporterToken,
      body: { text: 'The witness goes on.' },
    });
    expect(written).toMatchObject({ status: 201 });
  });

  it('leaves every chain of the log whole, and every figure as it was', async () => {
    expect(await waymark('events', 'verify', '--json')).toMatchObject({ code: 0 });
    expect(await table()).toBe(figures);
  });

  it.each(sealing)('is not undone by a backup of %s’s keys that is put back: the log knows better', async (service) => {
    const restore = async (): Promise<void> => {
      const [row] = oldKeys.get(service) ?? [];
      const { wrapped, wrapping_key_id, created_at } = row as Record<string, unknown>;
      await stage.queryKeys(
        service,
        `UPDATE data_keys SET wrapped = $2, wrapping_key_id = $3, created_at = $4, destroyed_at = NULL WHERE subject_id = $1`,
        [played.clientId, wrapped, wrapping_key_id, created_at],
      );
    };
    await stage.stop(service);
    await restore();
    const restored = await openedEverywhere();
    expect(ofTheClient.some((field) => restored.includes(words[field]))).toBe(true);
    await stage.start(service);
    const rows = await stage.queryKeys<{ destroyed: boolean }>(
      service,
      `SELECT destroyed_at IS NOT NULL AND wrapped = '' AS destroyed FROM data_keys WHERE subject_id = $1`,
      [played.clientId],
    );
    expect(rows).toEqual([{ destroyed: true }]);
    const opened = await openedEverywhere();
    expectAll(opened, words, ofTheClient, false);
  });

  it('keeps a person erased whose key the backup is too old to know', async () => {
    await stage.stop('intake');
    await stage.queryKeys('intake', 'DELETE FROM data_keys WHERE subject_id = $1', [played.clientId]);
    await stage.start('intake');
    const answer = await stage.ask('intake', 'POST', `/v1/concerns/${played.concernId}/guidance`, {
      as: officer,
      body: { avenues: ['no_action_now'], decision: 'not_now' },
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'person_erased' } });
  });
});
