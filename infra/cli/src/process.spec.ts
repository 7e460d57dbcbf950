import { execFile, spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '@waymark/testing';
import {
  newEvent,
  newEvents,
  openEmptyDatabase,
  openLogGround,
  temporaryFolder,
  type LogGround,
} from './log-ground.fixture.js';

const root = path.resolve(import.meta.dirname, '../../..');
const events = 30_000;

let ground: LogGround;
let files: Awaited<ReturnType<typeof temporaryFolder>>;

/** The built command, addresses in the environment. */
function waymark(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  program = 'infra/cli/dist/main.js',
) {
  const child = spawn(process.execPath, [program, 'events', ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  );
  return { child, ended };
}

beforeAll(async () => {
  const build = "await (await import('./tools/prepare.mjs')).prepare({ quiet: true })";
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', build], { cwd: root });
  ground = await openLogGround();
  files = await temporaryFolder();
  await ground.store.append('other-large', 'none', [newEvent({ large: 'x'.repeat(900_000) })]);
  for (let from = 1; from < events; from += 3_333) {
    await ground.store.append(`thing-${from}`, 'none', newEvents(Math.min(3_333, events - from)));
  }
}, 240_000);
afterAll(async () => {
  await ground.close();
  await files.remove();
});

describe('the command, as a process of its own', () => {
  const reader = () => ({ EVENT_STORE_URL: ground.url });

  it('verifies, and ends with the code that says how it went', async () => {
    const fine = await waymark(['verify', '--json'], reader(), 'tools/waymark.mjs').ended;
    expect(fine).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(fine.out)).toMatchObject({ intact: true, events });
    const wrong = await waymark(['verify', '--json', '--stream', 'thing-nobody'], reader()).ended;
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect((await waymark(['verify'], { EVENT_STORE_URL: '' }).ended).code).toBe(2);
    const away = await waymark(['verify'], { EVENT_STORE_URL: 'postgres://nobody:pass-word@127.0.0.1:1/none' }).ended;
    expect(away).toMatchObject({ code: 3, out: '' });
  });

  it('leaves no export when it is killed on the way, and makes one the next time', async () => {
    // An append that is open below the end of the log holds the export up, past the first files.
    const open = new pg.Client({ connectionString: ground.url });
    await open.connect();
    await open.query('begin');
    await open.query(
      `select waymark.append_events('thing-open', -1, array[gen_random_uuid()], '{Open}', '{1}', '{"{}"}', '{"{}"}')`,
    );
    await ground.store.append('thing-behind', 'none', newEvents(1));
    const out = files.at('export');
    const killed = waymark(['export', '--out', out, '--file-bytes', '500000'], reader());
    await eventually(async () => expect((await begunExports())[0] ?? []).toContain('events-000003.jsonl'));
    killed.child.kill('SIGKILL');
    expect((await killed.ended).code).toBeNull();
    await expect(stat(out)).rejects.toMatchObject({ code: 'ENOENT' });
    const [left = ''] = await readdir(files.folder);
    const database = await openEmptyDatabase();
    const environment = { EVENT_STORE_ADMIN_URL: database.adminUrl };
    expect(await waymark(['import', '--from', files.at(left)], environment).ended).toMatchObject({ code: 1, out: '' });
    await database.close();
    await open.query('rollback');
    await open.end();
    expect((await waymark(['export', '--out', out], reader()).ended).code).toBe(0);
    expect(await readdir(out)).toEqual(['events-000001.jsonl', 'heads.jsonl', 'manifest.json']);
  }, 120_000);

  const begunExports = async () => Promise.all((await readdir(files.folder)).map((name) => readdir(files.at(name))));

  it.each([
    ['is copied in', 'copy waymark.events%'],
    ['is proved', 'fetch % from proof%'],
  ])(
    'leaves an empty log when an import is killed while it %s, and imports the next time',
    async (_when, statement) => {
      const database = await openEmptyDatabase();
      const environment = { EVENT_STORE_ADMIN_URL: database.adminUrl };
      const admin = new pg.Client({ connectionString: database.adminUrl });
      await admin.connect();
      const running = async (like: string) => {
        const { rows } = await admin.query(
          `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and ltrim(query, E' \\n') like $1`,
          [like],
        );
        return rows.length;
      };
      const killed = waymark(['import', '--from', files.at('export')], environment);
      await eventually(async () => expect(await running(statement)).toBe(1), { everyMs: 2, timeoutMs: 60_000 });
      killed.child.kill('SIGKILL');
      expect(await killed.ended).toMatchObject({ code: null, out: '' });
      await eventually(async () => expect(await running('%')).toBe(0));
      const { rows } = await admin.query(`select count(*) as rows from waymark.events`);
      expect(rows).toEqual([{ rows: '0' }]);
      await admin.end();
      const { code, out } = await waymark(['import', '--from', files.at('export'), '--json'], environment).ended;
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ events: events + 1, streams: 12 });
      await database.close();
    },
    120_000,
  );
});
