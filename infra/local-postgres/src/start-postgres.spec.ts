import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, freePort } from '@waymark/testing';
import pg from 'pg';
import { stopLeftovers } from './leftovers.js';
import type { StartPostgresOptions } from './options.js';
import { startPostgres, type LocalPostgres } from './start-postgres.js';

let folder: string;
let dataDir: string;
let port: number;
const started: LocalPostgres[] = [];
const owners: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'waymark-local-postgres-'));
  dataDir = path.join(folder, 'data', 'postgres');
  port = await freePort();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await Promise.all(owners.splice(0).map(killOutright));
  await stopLeftovers(dataDir);
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<StartPostgresOptions> = {}): Promise<LocalPostgres> {
  const server = await startPostgres({ dataDir, port, superuserPassword: 'correct: horse/battery', ...options });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts PostgreSQL from a process of its own, as `npm start` would, in a process group of its own. */
async function startInOwner(): Promise<{ owner: ChildProcess; url: string; pid: number }> {
  const owner = spawnOwner();
  const [line] = (await once(createInterface({ input: owner.stdout! }), 'line')) as [string];
  return { owner, ...(JSON.parse(line) as { url: string; pid: number }) };
}

function spawnOwner(): ChildProcess {
  const options = { dataDir, port, superuserPassword: 'correct: horse/battery' };
  const script = `
    import { startPostgres } from '@waymark/local-postgres';
    process.on('SIGINT', () => {});
    const server = await startPostgres(${JSON.stringify(options)});
    console.log(JSON.stringify({ url: server.url(), pid: server.pid }));`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  return owner;
}

async function killOutright(owner: ChildProcess): Promise<void> {
  if (owner.signalCode === null && owner.kill('SIGKILL')) await once(owner, 'exit');
}

describe('a local PostgreSQL', () => {
  it('speaks UTF-8, locale C and UTC, writes safely, and lets nobody in without the password', async () => {
    const server = await start();
    const [settings] = await query(
      server.url(),
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_encoding') AS encoding,
        current_setting('timezone') AS timezone, current_setting('fsync') AS fsync,
        current_setting('listen_addresses') AS addresses, current_setting('max_connections')::int AS connections,
        (SELECT datcollate FROM pg_database WHERE datname = 'template1') AS locale`,
    );
    expect(settings).toEqual({
      major: 18,
      encoding: 'UTF8',
      timezone: 'UTC',
      fsync: 'on',
      addresses: '127.0.0.1',
      connections: 300,
      locale: 'C',
    });
    await expect(query(`postgres://postgres:wrong@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('finds its data at the second start', async () => {
    const first = await start();
    await query(first.url(), `CREATE TABLE kept AS SELECT 'ok' AS text`);
    await first.stop();
    const second = await start({ port: await freePort() });
    expect(await query(second.url(), 'TABLE kept')).toEqual([{ text: 'ok' }]);
  });

  it('names the port when another program has it', async () => {
    const first = await start();
    const other = start({ dataDir: path.join(folder, 'other') });
    await expect(other).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(String(first.port)),
    });
  });

  it('leaves a folder alone that holds something else', async () => {
    await mkdir(dataDir, { recursive: true });
    await writeFile(path.join(dataDir, 'diary.txt'), 'mine');
    await expect(start()).rejects.toMatchObject({ code: 'DATA_FOLDER_NOT_OURS' });
    expect(await readdir(dataDir)).toEqual(['diary.txt']);
  });

  it('does not hear the Ctrl-C of the terminal it was started from', async () => {
    const { owner, url } = await startInOwner();
    process.kill(-owner.pid!, 'SIGINT');
    expect(await query(url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });
});

describe('after a crash', () => {
  it('has every committed row when the server was killed', async () => {
    const first = await start();
    await query(first.url(), `CREATE TABLE kept AS SELECT 'ok' AS text`);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await query(second.url(), 'TABLE kept')).toEqual([{ text: 'ok' }]);
  });

  it('starts although a connection of the killed server is still busy', async () => {
    const first = await start();
    const busy = query(first.url(), `SELECT count(*) FROM generate_series(1, 10000000000)`).catch(() => 'cut off');
    await eventually(async () => {
      const active = await query(
        first.url(),
        `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT count%generate_series%'`,
      );
      expect(active).not.toHaveLength(0);
    });
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(await query(second.url(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(await busy).toBe('cut off');
  });

  it('takes over from a server whose owner was killed', async () => {
    const { owner, url, pid } = await startInOwner();
    await query(url, `CREATE TABLE kept AS SELECT 'ok' AS text`);
    await killOutright(owner);
    const second = await start();
    expect(second.pid).not.toBe(pid);
    expect(await query(second.url(), 'TABLE kept')).toEqual([{ text: 'ok' }]);
  });

  it('does not take over from a server whose owner lives', async () => {
    const { url } = await startInOwner();
    await expect(start({ port: await freePort() })).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    expect(await query(url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('starts when the number in a stale postmaster.pid belongs to another process by now', async () => {
    const first = await start();
    await first.stop();
    await writeFile(path.join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    const second = await start();
    expect(await query(second.url(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('begins again when making the data folder was interrupted', async () => {
    const owner = spawnOwner();
    const unfinished = `${dataDir}.unfinished`;
    await eventually(() => existsSync(path.join(unfinished, 'cluster', 'PG_VERSION')), { everyMs: 1 });
    await killOutright(owner);
    expect(existsSync(dataDir)).toBe(false);
    const server = await start();
    expect(await query(server.url(), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(existsSync(unfinished)).toBe(false);
  });
});
