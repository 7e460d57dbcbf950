import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { caseService } from '@waymark/case';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';

jest.setTimeout(120_000);

describe('waymark, told by an environment which service is meant', () => {
  let stage: Stage;
  let folder: string;
  const before = { ...process.env };

  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService] });
    folder = await mkdtemp(join(tmpdir(), 'waymark-service-'));
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  afterAll(async () => {
    await stage?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const waymark = async (...args: readonly string[]) => {
    let [out, said] = ['', ''];
    const stderr = new Writable({ write: (chunk, _encoding, done) => done((said += String(chunk)) ? null : null) });
    const code = await runCommandLine(args, { stdout: { write: (text: string) => (out += text).length }, stderr });
    return { code, out, said };
  };
  const enter = (service: string, changed: NodeJS.ProcessEnv = {}): void => {
    const environment = Object.entries({ ...stage.environmentOf(service), ...changed });
    for (const [name, value] of environment)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
  /** Versions of the wrapping key of a service, by its own environment. */
  const versionsOf = async (service: string): Promise<number> => {
    enter(service);
    return JSON.parse((await waymark('keys', 'list', '--json')).out).services[0].versions.length;
  };

  it('shows the keys, views and processes of the service in the shell, and of no other', async () => {
    enter('case');
    const { services } = JSON.parse((await waymark('keys', 'list', '--json')).out);
    expect(services).toMatchObject([{ service: 'case' }]);
    const { views } = JSON.parse((await waymark('views', 'list', '--json')).out);
    expect(new Set(views.map(({ service }: { readonly service: string }) => service))).toEqual(new Set(['case']));
    expect(await waymark('keys', 'verify')).toMatchObject({ code: 0, out: 'case: 0 keys\n' });
  });

  it.each([
    [['keys', 'rotate']],
    [['keys', 'rewrap']],
    [['keys', 'list']],
    [['views', 'list']],
    [['views', 'rebuild', 'concern-queue']],
    [['processes', 'list']],
  ])('refuses %j of intake with the environment of case, and changes neither', async (command) => {
    enter('case');
    const refused = await waymark(...command, '--service', 'intake');
    expect(refused).toMatchObject({ code: 2, out: '', said: expect.stringContaining('--service') });
    expect([await versionsOf('case'), await versionsOf('intake')]).toEqual([1, 1]);
  });

  it('refuses an environment that does not say whose it is', async () => {
    enter('case', { WAYMARK_SERVICE: undefined });
    for (const command of [
      ['keys', 'rotate', '--service', 'case'],
      ['keys', 'list'],
      ['processes', 'list'],
    ])
      expect(await waymark(...command)).toMatchObject({ code: 2, said: expect.stringContaining('WAYMARK_SERVICE') });
    expect(await versionsOf('case')).toBe(1);
  });

  it('refuses the environment of one service in the folder of another', async () => {
    await mkdir(join(folder, 'intake'));
    const lines = Object.entries(stage.environmentOf('case')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, 'intake', 'intake.env'), lines.join(''));
    const refused = await waymark('keys', 'rotate', '--service', 'intake', '--secrets', folder);
    expect(refused).toMatchObject({
      code: 2,
      out: '',
      said: expect.stringContaining('WAYMARK_SERVICE: must be intake'),
    });
    expect(await versionsOf('case')).toBe(1);
  });
});
