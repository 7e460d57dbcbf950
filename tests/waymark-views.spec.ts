import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '@waymark/cli';
import { openPostgresEventStore } from '@waymark/event-store';
import { reporting } from '@waymark/reporting';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { buildServices } from './processes.fixture.js';

const root = path.resolve(import.meta.dirname, '..');

jest.setTimeout(240_000);

describe('waymark views, while the service runs', () => {
  let stage: Stage;
  let secrets: string;
  let head: bigint;

  beforeAll(async () => {
    await buildServices();
    stage = await startStage({ services: [reporting] });
    secrets = await mkdtemp(path.join(tmpdir(), 'waymark-views-'));
    await mkdir(path.join(secrets, 'reporting'));
    const lines = Object.entries(stage.environmentOf('reporting')).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(path.join(secrets, 'reporting', 'reporting.env'), lines.join(''));
    for (let count = 0; count < 20; count += 1) head = await receive(50);
    await eventually(async () => expect((await status()).generations[0].position).toBe(String(head)));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(secrets, { recursive: true, force: true });
  });

  /** Facts as the service keeps them; answers the position of the last. */
  const receive = async (count: number): Promise<bigint> => {
    const store = openPostgresEventStore({
      url: String(stage.environmentOf('reporting').EVENT_STORE_URL),
      poolSize: 1,
    });
    const facts = Array.from({ length: count }, (_, index) => ({
      ...{ id: randomUUID(), type: 'FactReceived', schemaVersion: 2 },
      data: {
        ...{ factId: randomUUID(), month: `2021-0${1 + (index % 9)}` },
        ...{ country: index % 2 ? 'AR' : 'BD', matters: ['other'], behaviours: index % 3 ? ['quid_pro_quo'] : [] },
      },
      metadata: {
        ...{ actor: { kind: 'service', id: 'of-the-test' }, correlationId: 'c', causationId: 'c' },
        occurredAt: '2026-03-02T08:00:00.000Z',
      },
    }));
    const { position } = await store.append(`fact-${randomUUID()}`, 'none', facts);
    await store.close();
    return position;
  };
  const waymark = async (...args: readonly string[]) => {
    let [out, err] = ['', ''];
    const stderr = new Writable({
      write: (chunk: Buffer, _encoding, done) => void ((err += chunk.toString()), done()),
    });
    const code = await runCommandLine(['views', ...args, '--secrets', secrets], {
      stdout: { write: (text: string) => (out += text) },
      stderr,
    });
    return { code, out, err };
  };
  const json = async (...args: readonly string[]) => {
    const { code, out, err } = await waymark(...args, '--json');
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
    return JSON.parse(out);
  };
  const status = () => json('status', 'contact-counts', '--digest');
  const generation = async (state: string) =>
    (await status()).generations.find((each: { state: string }) => each.state === state);

  it('lists them, says how far each is, and ends with a code that says how it went', async () => {
    const { views } = await json('list');
    expect(views.filter(({ view }: { readonly view: string }) => view === 'contact-counts')).toMatchObject([
      {
        service: 'reporting',
        view: 'contact-counts',
        version: 1,
        head: String(head),
        generations: [{ state: 'live', position: String(head) }],
      },
    ]);
    const { code, out } = await waymark('list');
    expect(code).toBe(0);
    expect(out).toMatch(/contact-counts +reporting +1 +live +(\d+) +\1 +contact_counts_v1\n/);
    expect((await waymark('rebuild', 'no-such-view')).code).toBe(2);
    expect((await waymark('rebuild')).code).toBe(2);
    expect(await waymark('switch', 'contact-counts')).toMatchObject({ code: 2, out: '' });
    expect(await waymark('rollback', 'contact-counts')).toMatchObject({ code: 2, out: '' });
  });

  it('rebuilds one beside the live one, switches to it, goes back, and drops what was kept', async () => {
    expect(await json('rebuild', 'contact-counts', '--quiet')).toMatchObject({ state: 'building', events: 1000 });
    const { generations } = await status();
    const digests = generations.map(({ digest }: { digest: string }) => digest);
    expect(digests).toEqual([digests[0], digests[0]]);
    expect(await json('switch', 'contact-counts')).toMatchObject({ state: 'live', version: 1, position: String(head) });
    head = await receive(50);
    await eventually(async () => expect((await generation('live')).position).toBe(String(head)));
    expect(BigInt((await generation('kept')).position)).toBeLessThan(head);
    const { digest } = await generation('live');
    expect(await json('rollback', 'contact-counts')).toMatchObject({ state: 'live', position: String(head) });
    expect(await generation('live')).toMatchObject({ digest });
    head = await receive(50);
    await eventually(async () => expect((await generation('live')).position).toBe(String(head)));
    expect(await json('drop', 'contact-counts')).toEqual({ view: 'contact-counts', dropped: 1 });
    expect((await status()).generations).toHaveLength(1);
    expect(await stage.ask('reporting', 'GET', '/health/ready')).toMatchObject({ status: 200 });
  });

  it('goes on after kill -9 where it was, and lets nobody build the same meanwhile', async () => {
    const run = (...args: readonly string[]) => {
      const child = spawn(process.execPath, ['infra/cli/dist/main.js', 'views', ...args, '--secrets', secrets], {
        ...{ cwd: root, env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'ignore' },
      });
      return { child, ended: new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code))) };
    };
    const killed = run('rebuild', 'contact-counts', '--events-per-second', '100', '--batch', '20');
    const partly = await eventually(
      async () => {
        const building = await generation('building');
        expect(BigInt(building?.position ?? 0)).toBeGreaterThan(40n);
        return building;
      },
      { timeoutMs: 60_000 },
    );
    expect(BigInt(partly.position)).toBeLessThan(head);
    const second = await waymark('rebuild', 'contact-counts', '--quiet');
    expect(second).toMatchObject({ code: 1, out: '' });
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toBeNull();
    const left = BigInt((await generation('building')).position);
    const rebuilt = await eventually(() => json('rebuild', 'contact-counts', '--switch', '--quiet'));
    expect(rebuilt).toMatchObject({ state: 'live', position: String(head) });
    expect(BigInt(rebuilt.events)).toBe(head - left);
    expect(await generation('live')).toMatchObject({ digest: (await generation('kept')).digest });
  });
});
