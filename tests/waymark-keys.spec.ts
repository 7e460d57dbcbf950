import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { dataKeysMigration } from '@waymark/privacy';
import { type Stage, startStage } from '@waymark/stage';

jest.setTimeout(120_000);

describe('waymark keys, while the service runs', () => {
  let stage: Stage;
  let secrets: string;

  beforeAll(async () => {
    stage = await startStage({ services: [intake] });
    secrets = await mkdtemp(join(tmpdir(), 'waymark-keys-'));
    await mkdir(join(secrets, 'intake'));
    const lines = Object.entries(stage.environmentOf('intake')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(secrets, 'intake', 'intake.env'), lines.join(''));
    for (let count = 0; count < 3; count += 1) await raise();
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const raise = async (): Promise<string> => {
    const body = {
      ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', language: 'en' },
      ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It began in May.' },
    };
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body });
    expect(raised).toMatchObject({ status: 201 });
    return raised.body.receipt;
  };
  const narrativeOf = async (receipt: string): Promise<string> => {
    const { token } = (await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } })).body;
    return (await stage.ask('intake', 'GET', '/v1/my-concern', { token })).body.narrative;
  };
  const waymark = async (...args: readonly string[]) => {
    let [out, said] = ['', ''];
    const stderr = new Writable({ write: (chunk, _encoding, done) => done((said += String(chunk)) ? null : null) });
    const terminal = { stdout: { write: (text: string) => (out += text).length }, stderr };
    const code = await runCommandLine(['keys', ...args, '--secrets', secrets], terminal);
    return { code, out, said };
  };
  const listed = async () => JSON.parse((await waymark('list', '--json')).out).services[0];

  it('lists which version wraps, and how many keys each has wrapped', async () => {
    expect(await listed()).toEqual({
      service: 'intake',
      versions: [{ id: expect.any(String), state: 'wraps', keys: 3 }],
      destroyed: 0,
    });
    expect((await waymark('list')).out).toContain('wrapping key');
  });

  it('rotates and rewraps; what was sealed before and what is sealed after can be read', async () => {
    const before = await raise();
    expect(await waymark('rotate', '--service', 'intake')).toMatchObject({ code: 0, said: '' });
    const between = await raise();
    expect((await listed()).versions).toMatchObject([
      { state: 'unwraps', keys: 4 },
      { state: 'wraps', keys: 1 },
    ]);
    const rewrapped = await waymark('rewrap', '--service', 'intake', '--json');
    expect(JSON.parse(rewrapped.out)).toMatchObject({ service: 'intake', rewrapped: 4 });
    expect((await listed()).versions).toMatchObject([{ keys: 0 }, { keys: 5 }]);
    for (const receipt of [before, between, await raise()]) expect(await narrativeOf(receipt)).toBe('It began in May.');
    expect(await waymark('verify')).toMatchObject({ code: 0, out: 'intake: 6 keys\n' });
  });

  it('finds a key that does not unwrap, and says whose it is', async () => {
    const subject = randomUUID();
    await stage.queryKeys(
      'intake',
      `INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) SELECT $1, 'nothing', wrapping_key_id FROM data_keys LIMIT 1`,
      [subject],
    );
    const verified = await waymark('verify', '--json');
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.out).services[0].faults).toEqual([{ subjectId: subject, fault: 'altered' }]);
    await stage.queryKeys('intake', 'DELETE FROM data_keys WHERE subject_id = $1', [subject]);
  });

  it('waits for the service to move keys that an earlier release left in its own database, which it does at its start', async () => {
    const receipt = await raise();
    await stage.stop('intake');
    const keys = await stage.queryKeys<{ row: object }>('intake', 'SELECT to_jsonb(k) AS row FROM data_keys k');
    await stage.query('intake', dataKeysMigration);
    await stage.query('intake', 'INSERT INTO data_keys SELECT * FROM jsonb_populate_recordset(NULL::data_keys, $1)', [
      JSON.stringify(keys.map(({ row }) => row)),
    ]);
    await stage.queryKeys('intake', 'DELETE FROM data_keys');
    const early = await waymark('verify');
    expect(early).toMatchObject({ code: 2, out: '', said: expect.stringContaining('start the service, which moves') });

    await stage.start('intake');
    expect(await waymark('verify')).toMatchObject({ code: 0, out: `intake: ${keys.length} keys\n` });
    expect(await stage.query('intake', `SELECT to_regclass('data_keys') AS left`)).toEqual([{ left: null }]);
    expect(await narrativeOf(receipt)).toBe('It began in May.');
  });

  it('refuses to rotate without being told whose key, or for a service that seals nothing', async () => {
    expect(await waymark('rotate')).toMatchObject({ code: 2, said: expect.stringContaining('--service') });
    expect(await waymark('rotate', '--service', 'reporting')).toMatchObject({ code: 2 });
  });
});
