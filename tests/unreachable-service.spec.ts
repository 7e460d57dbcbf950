import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommandLine } from '@waymark/cli';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { freePort } from '@waymark/testing';

jest.setTimeout(120_000);

const processRow = {
  ...{ process_id: '11111111-1111-8111-8111-111111111111', process: 'consent-withdrawal', version: 1 },
  ...{ about: '22222222-2222-8222-8222-222222222222', since: '2026-03-02T08:00:00Z', step: 'suspend_referrals' },
  ...{ due_at: null, completed_at: '2026-03-02T08:01:00Z', steps: [] },
};
const unknown = '00000000-0000-8000-8000-000000000000';

describe('waymark, while the database of a service is away', () => {
  let stage: Stage;
  let secrets: string;
  let away: string;

  beforeAll(async () => {
    stage = await startStage({ services: [intake, consent] });
    secrets = await mkdtemp(join(tmpdir(), 'waymark-unreachable-'));
    away = `postgres://somebody:s3cret@127.0.0.1:${await freePort()}/nowhere`;
  });
  beforeEach(async () => {
    for (const service of ['intake', 'consent']) await write(service, {});
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const write = async (service: string, changed: NodeJS.ProcessEnv): Promise<void> => {
    await mkdir(join(secrets, service), { recursive: true });
    const environment = Object.entries({ ...stage.environmentOf(service), ...changed });
    await writeFile(
      join(secrets, service, `${service}.env`),
      environment.map((pair) => `${pair.join('=')}\n`).join(''),
    );
  };
  const waymark = async (...args: readonly string[]) => {
    let [out, said] = ['', ''];
    const stderr = new Writable({ write: (chunk, _encoding, done) => done((said += String(chunk)) ? null : null) });
    const terminal = { stdout: { write: (text: string) => (out += text).length }, stderr };
    const code = await runCommandLine([...args, '--secrets', secrets], terminal);
    expect(said + out).not.toContain('s3cret');
    return { code, out, said };
  };

  it.each([
    [['views', 'list']],
    [['views', 'status', 'consent-processes']],
    [['processes', 'list']],
    [['processes', 'show', unknown]],
    [['keys', 'list']],
    [['keys', 'rotate']],
  ])('ends with 3 where only that service is asked for: %j', async (command) => {
    await write('consent', { DATABASE_URL: away });
    expect(await waymark(...command, '--service', 'consent')).toMatchObject({ code: 3, out: '' });
  });

  it('ends with 3 where only the store of its keys is away, and with 2 where that is not one', async () => {
    await write('consent', { KEYS_DATABASE_URL: away });
    for (const command of ['views', 'keys'])
      expect(await waymark(command, 'list', '--service', 'consent')).toMatchObject({ code: 3, out: '' });
    await write('consent', { KEYS_DATABASE_URL: stage.environmentOf('consent').DATABASE_URL });
    expect(await waymark('views', 'list', '--service', 'consent')).toMatchObject({ code: 2, out: '' });
  });

  it('shows those of the others, names the one that is away, and ends with 3', async () => {
    await write('consent', { DATABASE_URL: away });
    for (const [command, list] of [
      ['views', 'views'],
      ['keys', 'services'],
    ] as const) {
      const { code, out, said } = await waymark(command, 'list', '--json');
      const answered = JSON.parse(out);
      expect(answered[list].map(({ service }: { readonly service: string }) => service)).toContain('intake');
      expect(answered.notShown).toMatchObject([
        { service: 'consent', reason: expect.stringContaining('ECONNREFUSED') },
      ]);
      expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining('consent is not shown: ') });
    }
    expect(await waymark('views', 'list')).toMatchObject({ code: 3, out: expect.stringContaining('concern-queue') });
    expect(await waymark('processes', 'list')).toMatchObject({ code: 3, out: 'No processes\n' });
    const verified = await waymark('keys', 'verify');
    expect(verified).toMatchObject({ code: 3, out: 'intake: 0 keys\n', said: expect.stringContaining('consent') });
  });

  it('finds a view and a process of another, whichever is asked first', async () => {
    const { views } = JSON.parse((await waymark('views', 'list', '--json')).out);
    await stage.query('consent', `INSERT INTO processes SELECT * FROM jsonb_populate_record(NULL::processes, $1)`, [
      JSON.stringify(processRow),
    ]);
    await write('intake', { DATABASE_URL: away, SECRET_FILE: join(secrets, 'nowhere') });
    const shown = await waymark('processes', 'show', processRow.process_id);
    expect(shown).toMatchObject({ code: 0, said: '', out: expect.stringContaining('consent-withdrawal') });
    const [{ view }] = views.filter(({ service }: { readonly service: string }) => service === 'consent');
    expect(await waymark('views', 'status', view)).toMatchObject({ code: 0, said: '' });
  });

  it('does not say that something is not there before every service was asked', async () => {
    await write('intake', { DATABASE_URL: away, SECRET_FILE: join(secrets, 'nowhere') });
    for (const command of [
      ['processes', 'show', unknown],
      ['views', 'status', 'no-such-view'],
    ])
      expect(await waymark(...command)).toMatchObject({ code: 3, said: expect.stringContaining('intake could not') });
    await write('intake', {});
    expect(await waymark('processes', 'show', unknown)).toMatchObject({ code: 2 });
  });

  it('names a service that has never been started beside the views of the others', async () => {
    const { DATABASE_URL } = stage.environmentOf('consent');
    const never = new URL(String(DATABASE_URL));
    never.pathname = new URL(String(stage.environmentOf('consent').EVENT_STORE_URL)).pathname;
    await write('consent', { DATABASE_URL: never.toString() });
    const { code, out, said } = await waymark('views', 'list');
    expect({ code, said }).toEqual({ code: 3, said: expect.stringContaining('consent has not been started') });
    expect(out).toContain('concern-queue');
  });
});
