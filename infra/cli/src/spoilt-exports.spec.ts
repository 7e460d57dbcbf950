import { createHash } from 'node:crypto';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Manifest } from './export-format/manifest.js';
import { newEvents, openEmptyDatabase, openLogGround, temporaryFolder, waymark } from './log-ground.fixture.js';

let files: Awaited<ReturnType<typeof temporaryFolder>>;
let target: Awaited<ReturnType<typeof openEmptyDatabase>>;
let admin: pg.Client;

beforeAll(async () => {
  files = await temporaryFolder();
  target = await openEmptyDatabase();
  admin = new pg.Client({ connectionString: target.adminUrl });
  await admin.connect();
  const ground = await openLogGround();
  await ground.store.append('thing-a', 'none', newEvents(200));
  await ground.store.append('thing-b', 'none', newEvents(200));
  await ground.store.append('other-c', 'none', newEvents(200));
  const out = files.at('good');
  await waymark('events', 'export', '--url', ground.url, '--out', out, '--file-bytes', '50000');
  await ground.close();
});
afterAll(async () => {
  await admin.end();
  await target.close();
  await files.remove();
});

const at = (name: string) => files.at(`spoilt/${name}`);
beforeEach(async () => {
  await rm(files.at('spoilt'), { recursive: true, force: true });
  await cp(files.at('good'), files.at('spoilt'), { recursive: true });
});

const manifestOf = async (): Promise<Manifest> => JSON.parse(await readFile(at('manifest.json'), 'utf8'));
const changeManifest = async (change: (manifest: Manifest) => unknown) => {
  const manifest = await manifestOf();
  await change(manifest);
  await writeFile(at('manifest.json'), JSON.stringify(manifest));
};

/** Changes the lines of a file. */
const changeLines = async (name: string, change: (lines: string[]) => readonly string[]) => {
  const lines = (await readFile(at(name), 'utf8')).trimEnd().split('\n');
  await writeFile(at(name), `${change(lines).join('\n')}\n`);
};

/** As somebody would who knows the format: the manifest agrees with the files again. */
const reseal = () =>
  changeManifest(async (manifest) => {
    const { heads, files: all } = manifest;
    for (const file of [heads, ...all]) {
      const content = await readFile(at(file.name));
      Object.assign(file, { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    }
    for (const file of all) {
      const lines = (await readFile(at(file.name), 'utf8')).trimEnd().split('\n');
      const positionOf = (line = '') => /^\{"position":"(\d+)"/.exec(line)?.[1] ?? 'none';
      const [firstPosition, lastPosition] = [positionOf(lines[0]), positionOf(lines.at(-1))];
      Object.assign(file, { events: lines.length, firstPosition, lastPosition });
    }
    manifest.events = all.reduce((sum, { events }) => sum + events, 0);
    manifest.firstPosition = all[0]?.firstPosition ?? null;
    manifest.lastPosition = all.at(-1)?.lastPosition ?? null;
  });

const swap = (lines: string[]) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)];
const edit = (change: (event: Readonly<Record<string, unknown>>) => object) => (lines: string[]) =>
  lines.map((line, index) => (index === 3 ? JSON.stringify(change(JSON.parse(line))) : line));
const second = 'events-000002.jsonl';

const importSpoilt = () => waymark('events', 'import', '--admin-url', target.adminUrl, '--from', files.at('spoilt'));

describe('an export that has changed since it was written', () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      'a flipped bit',
      async () => {
        const content = await readFile(at(second));
        content[1_000] = (content[1_000] ?? 0) ^ 1;
        await writeFile(at(second), content);
      },
    ],
    ['a missing file', () => rm(at(second))],
    ['a missing last file', async () => rm(at((await manifestOf()).files.at(-1)?.name ?? ''))],
    ['a file more', () => cp(at(second), at('events-000099.jsonl'))],
    ['reordered lines', () => changeLines(second, swap)],
    ['a line less', () => changeLines(second, (lines) => lines.slice(1))],
    [
      'two files exchanged',
      async () => {
        await rename(at(second), at('x'));
        await rename(at('events-000001.jsonl'), at(second));
        await rename(at('x'), at('events-000001.jsonl'));
      },
    ],
    ['missing heads', () => rm(at('heads.jsonl'))],
    ['other heads', () => changeLines('heads.jsonl', (lines) => lines.slice(0, -1))],
    ['no manifest', () => rm(at('manifest.json'))],
    ['a broken manifest', () => writeFile(at('manifest.json'), '{')],
    ['a manifest of another version', () => changeManifest((manifest) => Object.assign(manifest, { version: 2 }))],
    ['a manifest with another count', () => changeManifest((manifest) => (manifest.events += 1))],
    ['a manifest with a file less', () => changeManifest((manifest) => manifest.files.pop())],
    ['a manifest with another last position', () => changeManifest((manifest) => (manifest.lastPosition = '1'))],
    ['a manifest with fewer streams', () => changeManifest((manifest) => (manifest.streams -= 1))],
    [
      'a manifest that leads elsewhere',
      () => changeManifest(({ files: [file] }) => Object.assign(file ?? {}, { name: '../good/x.jsonl' })),
    ],
  ])('is found before the database is touched: %s', async (_what, spoil) => {
    await spoil();
    const { code, out, err } = await importSpoilt();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).not.toBe('');
    const { rows } = await admin.query(`select to_regclass('waymark.events') is null as untouched`);
    expect(rows).toEqual([{ untouched: true }]);
  });
});

// Behind those above, because these get as far as the database.
describe('an export that somebody has forged, manifest and all', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['reordered lines', () => changeLines(second, swap)],
    ['a line less', () => changeLines(second, (lines) => lines.slice(1))],
    ['the last lines less', () => changeLines(second, (lines) => lines.slice(0, -3))],
    ['a line twice', () => changeLines(second, (lines) => [lines[0] ?? '', ...lines])],
    [
      'changed data',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, data: '{"number":9}' })),
        ),
    ],
    [
      'the same data in other bytes',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, data: ` ${String(event.data)}` })),
        ),
    ],
    [
      'another time',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, recordedAt: '2026-01-01T00:00:00.000Z' })),
        ),
    ],
    [
      'another hash',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, hash: 'f'.repeat(64) })),
        ),
    ],
    [
      'another position',
      () =>
        changeLines(
          'events-000001.jsonl',
          edit((event) => ({ ...event, position: '9000' })),
        ),
    ],
    [
      'a stream of another name',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, stream: 'thing-z' })),
        ),
    ],
    [
      'no stream',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, stream: 'x' })),
        ),
    ],
    [
      'data that are no JSON',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, data: 'x' })),
        ),
    ],
    [
      'data with a NUL',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, data: '{"a":"\0"}' })),
        ),
    ],
    [
      'an unknown field',
      () =>
        changeLines(
          second,
          edit((event) => ({ ...event, more: 1 })),
        ),
    ],
    [
      'a line that is no JSON',
      () => changeLines(second, (lines) => lines.map((line) => (line === lines[5] ? '{' : line))),
    ],
    ['another digest', () => changeManifest((manifest) => (manifest.digest = 'e'.repeat(64)))],
    ['a head before the last event', () => changeManifest((manifest) => (manifest.head = '5'))],
    [
      'another head of a stream',
      () =>
        changeLines('heads.jsonl', (lines) => lines.map((line) => line.replace('"revision":199', '"revision":198'))),
    ],
  ])('is found, and nothing of it stays: %s', async (_what, forge) => {
    await forge();
    await reseal();
    const { code, out, err } = await importSpoilt();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).not.toBe('');
    const { rows } = await admin.query(`select count(*) as rows from waymark.events`);
    expect(rows).toEqual([{ rows: '0' }]);
  });

  it('does not keep the good one from coming in, once and only once', async () => {
    const good = ['--admin-url', target.adminUrl, '--from', files.at('good')];
    const both = await Promise.all([0, 1].map(() => waymark('events', 'import', ...good)));
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2]);
    expect(both.map(({ err }) => err).join('')).toBe('the log holds events already\n');
    expect(await waymark('events', 'import', ...good)).toMatchObject({ code: 2, out: '' });
    const { rows } = await admin.query(`select count(*)::integer as events from waymark.events`);
    expect(rows).toEqual([{ events: 600 }]);
  });
});
