import { execFileSync } from 'node:child_process';
import { appendFile, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intake } from '@waymark/intake';
import { type LocalPostgres, startPostgres } from '@waymark/local-postgres';
import { dataKeysMigration } from '@waymark/privacy';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import pg from 'pg';
import { sayErasureApproved } from './erasure-approved.fixture.js';

jest.setTimeout(120_000);

const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', language: 'en' },
  ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It began in May.' },
};

describe('a key store whose standby takes over without the last commits, under a running service', () => {
  let folder: string;
  let stage: Stage;
  let server: LocalPostgres;
  let options: Parameters<typeof startPostgres>[0];
  const lines: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'waymark-key-store-'));
    options = { dataDir: path.join(folder, 'data'), port: await freePort(), superuserPassword: 'of-the-test' };
    server = await startPostgres(options);
    await inKeyStore(dataKeysMigration);
    stage = await startStage({
      ...{ services: [intake], logLevel: 'error', logTo: (line: string) => lines.push(line) },
      environment: { KEYS_DATABASE_URL: server.url() },
    });
  });
  afterAll(async () => {
    await stage?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const inKeyStore = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    return (await client.query(sql).finally(() => client.end())).rows;
  };
  const destroyed = () => inKeyStore('SELECT destroyed_at IS NOT NULL AS destroyed FROM data_keys');
  const standby = () => path.join(folder, 'standby');
  /** What a standby has received so far. */
  const copyToStandby = async (): Promise<void> => {
    await server.stop();
    execFileSync('cp', ['-a', options.dataDir, standby()]);
    server = await startPostgres(options);
  };
  /** It becomes the server, under the same address, and begins a timeline of its own. */
  const takeOver = async (): Promise<void> => {
    await server.stop();
    const { uid, gid } = await stat(options.dataDir);
    await rm(options.dataDir, { recursive: true });
    execFileSync('mv', [standby(), options.dataDir]);
    const signal = path.join(options.dataDir, 'recovery.signal');
    await writeFile(signal, '');
    await chown(signal, uid, gid);
    await appendFile(path.join(options.dataDir, 'postgresql.auto.conf'), `restore_command = 'false'\n`);
    server = await startPostgres(options);
  };
  const noted = async (clientId: string): Promise<boolean> => {
    for await (const _ of stage.log.readStream(`intake_erasure-${clientId}`)) return true;
    return false;
  };

  it('has the keys of erased persons destroyed again, and that is an alarm', async () => {
    await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    const clientId = await eventually(async () => {
      const [line] = await stage.query<{ client_id: string }>('intake', 'SELECT client_id FROM concern_queue');
      if (line === undefined) throw new Error('not in the queue yet');
      return line.client_id;
    });
    await copyToStandby();
    await sayErasureApproved(stage, clientId);
    await eventually(() => noted(clientId), { timeoutMs: 30_000 });
    expect(await destroyed()).toEqual([{ destroyed: true }]);

    await takeOver();
    await eventually(async () => expect(await destroyed()).toEqual([{ destroyed: true }]), { timeoutMs: 30_000 });
    expect(lines.join('')).toContain('the key store was restored, or a standby has taken over');
    expect(lines.join('')).toContain('keys of erased persons had come back, and were destroyed again');
  });
});
