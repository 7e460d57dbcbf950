import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LocalPostgres, startPostgres } from '@waymark/local-postgres';
import { freePort } from '@waymark/testing';
import { begunAnew } from './begin-anew.js';
import { openDataFolder } from './data-folder.js';
import { main } from './main.js';

describe('beginning anew', () => {
  let folder: string;
  let dataDir: string;
  let port: number;
  let server: LocalPostgres | undefined;
  const { PORT_BASE } = process.env;
  const said: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-anew-'));
    dataDir = join(folder, 'data');
    port = await freePort();
    said.splice(0);
    for (const way of ['log', 'error'] as const)
      jest.spyOn(console, way).mockImplementation((text: unknown) => void said.push(String(text)));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    process.env.PORT_BASE = PORT_BASE;
    if (PORT_BASE === undefined) delete process.env.PORT_BASE;
    await server?.stop();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  /** What `npm start` leaves when it has been there, as far as it matters here. */
  const leave = async (): Promise<string> => {
    const password = await openDataFolder(dataDir);
    for (const name of ['secrets', 'identity', 'log', 'processes']) await mkdir(join(dataDir, name));
    await writeFile(join(dataDir, 'secrets', 'intake.key'), 'the only one');
    return password;
  };
  const fresh = async (base: number | string, ...more: readonly string[]) => {
    process.env.PORT_BASE = String(base);
    return main(['--fresh', '--yes', '--empty', '--data', dataDir, ...more], folder);
  };

  it('deletes nothing while the platform runs, and says who uses the folder', async () => {
    const superuserPassword = await leave();
    server = await startPostgres({ dataDir: join(dataDir, 'postgres'), port, superuserPassword, durable: false });
    const refused = `is in use by process ${process.pid}. Stop that one first.`;
    await expect(begunAnew(dataDir, await freePort(), true)).rejects.toThrow(refused);
    expect(await readFile(join(dataDir, 'secrets', 'intake.key'), 'utf8')).toBe('the only one');
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
  });

  it('deletes nothing where it could not start: a port that is taken, a wrong PORT_BASE, an unknown option', async () => {
    await leave();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { port: number }).port;
    try {
      expect(await fresh(taken - 1)).toBe(1);
      expect(said.join()).toContain(`${taken} (intake)`);
      await expect(begunAnew(dataDir, taken, true)).rejects.toThrow(`${taken} (postgres)`);
      expect(await fresh('many')).toBe(1);
      expect(await fresh(3000, '--emtpy')).toBe(2);
      expect(await readdir(dataDir)).toContain('secrets');
    } finally {
      other.close();
    }
  });

  it.each([[['thesis.txt']], [['postgres', 'secrets']]])('leaves alone a folder that holds %j', async (names) => {
    for (const name of names) await mkdir(join(dataDir, name), { recursive: true });
    await expect(begunAnew(dataDir, port, true)).rejects.toThrow(names.join(', '));
    expect(await readdir(dataDir)).toEqual(names);
  });

  it('makes nothing where others have files under the names of its own, which it would delete later', async () => {
    await mkdir(join(dataDir, 'secrets'), { recursive: true });
    await expect(openDataFolder(dataDir)).rejects.toThrow('holds secrets, which npm start has not made');
    expect(await readdir(dataDir)).toEqual(['secrets']);
  });

  it('deletes what it has made and leaves what else lies there', async () => {
    await leave();
    expect(await begunAnew(dataDir, port, true)).toBe(true);
    expect(await readdir(dataDir)).toEqual(['processes']);
    expect(await begunAnew(join(folder, 'nowhere'), port, true)).toBe(true);
  });

  it('says what it would delete, and deletes nothing where nobody can be asked', async () => {
    await leave();
    expect(await begunAnew(dataDir, port, false)).toBe(false);
    expect(said.join()).toMatch(/secrets +wrapping keys.*stays: processes.*--yes/s);
    expect(await readdir(dataDir)).toContain('secrets');
  });
});
