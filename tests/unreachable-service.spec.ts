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
});
