import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runStory } from '@waymark/story';
import { eventually, freePort } from '@waymark/testing';

const root = path.resolve(import.meta.dirname, '..');

interface Platform {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** What `npm start` runs, in a process of its own. */
function start(dataDir: string, portBase: number, ...options: readonly string[]): Platform {
  const child = spawn(process.execPath, ['tools/start.mjs', '--data', dataDir, ...options], {
    cwd: root,
    env: { ...process.env, PORT_BASE: String(portBase), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, exited: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
}

const untilReady = (platform: Platform) =>
  eventually(
    () => {
      if (platform.child.exitCode !== null) throw new Error(platform.output());
      return platform.output().trimEnd().endsWith('Waymark is ready');
    },
    { timeoutMs: 120_000, everyMs: 100 },
  );

/** A base with room for all ports behind it. */
const freeBase = async (): Promise<number> => {
  for (;;) {
    const base = await freePort();
    if (base < 65_000) return base;
  }
};

describe('the platform in one process', () => {
  let dataDir: string;
  let portBase: number;
  let platform: Platform;

  beforeAll(async () => {
    dataDir = path.join(await mkdtemp(path.join(tmpdir(), 'waymark-embedded-')), 'data');
    portBase = await freeBase();
    platform = start(dataDir, portBase, '--empty');
    await untilReady(platform);
  }, 180_000);

  afterAll(async () => {
    platform.child.kill('SIGINT');
    await platform.exited;
    await rm(path.dirname(dataDir), { recursive: true, force: true });
  }, 60_000);

  const page = (offset: number, where: string) => fetch(`http://127.0.0.1:${portBase + offset}${where}`);

  it('says on its page what runs where, and every service describes itself', async () => {
    const html = await (await page(0, '/')).text();
    expect(html).not.toContain('not ready');
    for (const offset of [1, 2, 3, 4, 5, 6, 7]) {
      expect(html).toContain(`http://127.0.0.1:${portBase + offset}/docs`);
      expect(await (await page(offset, '/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
      expect((await page(offset, '/docs')).status).toBe(200);
      expect(await (await page(offset, '/health/ready')).json()).toMatchObject({ status: 'ok' });
    }
  });

  it('refuses to start where somebody else listens, naming every port', async () => {
    const second = start(`${dataDir}-second`, portBase, '--empty');
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`${portBase + 1} (intake)`);
  }, 60_000);

  it('does not begin anew while it runs, on whichever ports', async () => {
    const refused = async () => {
      const second = start(dataDir, await freeBase(), '--empty', '--fresh', '--yes');
      expect(await second.exited).toBe(1);
      expect(second.output()).toContain(`is in use by process ${platform.child.pid}`);
    };
    // Again where a port behind the free one was taken.
    await eventually(refused, { timeoutMs: 50_000 });
    expect(await (await page(1, '/health/ready')).json()).toMatchObject({ status: 'ok' });
  }, 60_000);

  /** Over a part of the contacts: what is published about all of them, reporting's own spec holds against their tables. */
  const play = () => runStory({ baseUrl: `http://127.0.0.1:${portBase}`, tables: 'every fourth' });

  it('plays the whole story', async () => {
    const results = await play();
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(11);
  }, 600_000);

  it('lets an operator verify, count and export the log, with the address of audit', async () => {
    const events = async (...args: readonly string[]) => {
      const environment = path.join(dataDir, 'secrets', 'audit', 'audit.env');
      const command = [`--env-file=${environment}`, 'infra/cli/dist/main.js', 'events', ...args, '--json', '--quiet'];
      const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });
      return JSON.parse(stdout);
    };
    const before = await events('verify', '--heads', path.join(dataDir, 'heads.jsonl'));
    expect(before).toMatchObject({ intact: true, faults: [] });
    const counted = await events('stats');
    expect(counted.events).toBeGreaterThanOrEqual(before.events);
    expect(counted.categories.map(({ category }: { category: string }) => category)).toEqual(
      expect.arrayContaining(['case', 'concern', 'consent', 'referral']),
    );
    const exported = await events('export', '--out', path.join(dataDir, 'export'));
    expect(exported.events).toBeGreaterThanOrEqual(counted.events);
    expect(await events('verify', '--expect', path.join(dataDir, 'heads.jsonl'))).toMatchObject({ intact: true });
  }, 120_000);

  it('finds everything again after kill -9, and stops within seconds at Ctrl-C', async () => {
    platform.child.kill('SIGKILL');
    await platform.exited;
    platform = start(dataDir, portBase, '--empty');
    await untilReady(platform);
    const results = await play();
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results[9]?.detail).toMatch(/^0 contacts registered now/);
    platform.child.kill('SIGINT');
    expect(await platform.exited).toBe(0);
    await expect(page(11, '/')).rejects.toThrow();
  }, 600_000);

  it('says when its database has ended, what holds, and what to do, and ends when it is asked to', async () => {
    platform.child.kill('SIGINT');
    await platform.exited;
    platform = start(dataDir, portBase, '--empty');
    await untilReady(platform);
    const [pid] = (await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    expect(platform.output()).not.toContain('PostgreSQL has ended');
    process.kill(Number(pid), 'SIGKILL');
    await eventually(() => expect(platform.output()).toContain('PostgreSQL has ended'));
    expect(platform.output()).toMatch(
      /Nothing that was acknowledged is lost\.\n.*waymark\.log.*\nEnd this with Ctrl-C/,
    );
    platform.child.kill('SIGINT');
    expect(await platform.exited).toBe(0);
  }, 240_000);
});
