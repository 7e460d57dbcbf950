import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { intake } from '@waymark/intake';
import { ConfigError, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import pg from 'pg';
import { sayErasureApproved } from './erasure-approved.fixture.js';

jest.setTimeout(120_000);

const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', language: 'en' },
  ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It began in May.' },
};

describe('a backup of the key store from before an erasure', () => {
  let stage: Stage;
  let secrets: string;
  let server: pg.Client;
  const lines: string[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', logTo: (line) => lines.push(line) });
    secrets = await mkdtemp(join(tmpdir(), 'waymark-restoring-'));
    await mkdir(join(secrets, 'intake'));
    const environment = Object.entries(stage.environmentOf('intake')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(secrets, 'intake', 'intake.env'), environment.join(''));
    server = new pg.Client({ connectionString: stage.eventStoreAdminUrl });
    await server.connect();
  });
  afterAll(async () => {
    await server?.end();
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  const store = () => new URL(stage.keysAdminUrlOf('intake')).pathname.slice(1);
  const copy = () => `${store()}_backup`;
  /** A database as it is, file by file, while nobody is in it. */
  const copied = async (from: string, to: string): Promise<void> => {
    await server.query(`DROP DATABASE IF EXISTS "${to}" WITH (FORCE)`);
    await server.query(`CREATE DATABASE "${to}" TEMPLATE "${from}"`);
  };
  const verify = async () => {
    let out = '';
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = { stdout: { write: (text: string) => (out += text).length }, stderr };
    const code = await runCommandLine(['keys', 'verify', '--secrets', secrets, '--json'], terminal);
    return { code, ...JSON.parse(out).services[0] };
  };
  const raise = async () => {
    const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    for await (const { data } of stage.log.readStream(`concern-${body.concernId}`))
      return { ...(data as { clientId: string }), receipt: String(body.receipt) };
    throw new Error('no concern');
  };
  const mine = async (receipt: string) => {
    const { token } = (await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } })).body;
    return (await stage.ask('intake', 'GET', '/v1/my-concern', { token })).body;
  };
  const noted = async (clientId: string): Promise<boolean> => {
    for await (const _ of stage.log.readStream(`intake_erasure-${clientId}`)) return true;
    return false;
  };

  it('brings the key back, which is told by verifying and undone by the next start', async () => {
    const [erased, other] = [await raise(), await raise()];
    await stage.stop('intake');
    await copied(store(), copy());
    await stage.start('intake');
    await sayErasureApproved(stage, erased.clientId);
    await eventually(() => noted(erased.clientId));
    expect(await verify()).toMatchObject({ code: 0, keys: 1, faults: [] });

    await stage.stop('intake');
    await copied(copy(), store());
    expect(await verify()).toMatchObject({
      code: 1,
      keys: 2,
      faults: [{ subjectId: erased.clientId, fault: 'alive_though_erased' }],
    });

    lines.splice(0);
    await stage.start('intake');
    expect(lines.join('')).toContain('keys of erased persons had come back, and were destroyed again');
    expect(await verify()).toMatchObject({ code: 0, keys: 1, faults: [] });
    expect(await mine(erased.receipt)).toMatchObject({ narrative: '', erased: true });
    expect(await mine(other.receipt)).toMatchObject({ narrative: concern.narrative });
  });

  it('lacks the key of whoever came after it, which is told by verifying', async () => {
    await stage.stop('intake');
    await copied(store(), copy());
    await stage.start('intake');
    const { clientId } = await raise();
    await stage.stop('intake');
    await copied(store(), `${copy()}_newer`);
    await copied(copy(), store());
    expect(await verify()).toMatchObject({ code: 1, faults: [{ subjectId: clientId, fault: 'missing' }] });
    await copied(`${copy()}_newer`, store());
    expect(await verify()).toMatchObject({ code: 0, faults: [] });
    await stage.start('intake');
  });

  it('is waited for: with an empty store nothing starts that would make new keys, unless the old ones are lost for good', async () => {
    const { receipt } = await raise();
    await stage.stop('intake');
    await copied(store(), copy());
    await stage.queryKeys('intake', 'DELETE FROM data_keys');
    const refused = stage.start('intake');
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow('KEYS_DATABASE_URL: the key store is empty');
    expect(await stage.queryKeys('intake', 'SELECT FROM data_keys')).toEqual([]);
    const lost = await startService(intake, { environment: { ...stage.environmentOf('intake'), KEYS_LOST: 'true' } });
    await lost.stop();

    await copied(copy(), store());
    await stage.start('intake');
    expect(await mine(receipt)).toMatchObject({ narrative: concern.narrative });
  });
});
