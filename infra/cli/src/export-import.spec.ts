import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { grantCategories, openPostgresEventStore, verifyStream, type EventStore } from '@waymark/event-store';
import { createTestRole } from '@waymark/testing';
import {
  newEvent,
  newEvents,
  openEmptyDatabase,
  openLogGround,
  temporaryFolder,
  waymark,
  type LogGround,
} from './log-ground.fixture.js';

let ground: LogGround;
let target: Awaited<ReturnType<typeof openEmptyDatabase>>;
let files: Awaited<ReturnType<typeof temporaryFolder>>;

const texts = [
  'الإبلاغ عن سوء السلوك', // right to left
  '告発・相談 🕊️ 👩🏽‍⚖️',
  'line\u2028separator and paragraph\u2029separator, next\u0085line',
  'tab\tnew\nline\rreturn\\backslash \\n "quoted" \u0001\u001f',
  '\\N \\. \\x41', // what COPY would read as something else
  'e\u0301 and \u00e9', // not the same bytes
];

beforeAll(async () => {
  ground = await openLogGround();
  target = await openEmptyDatabase();
  files = await temporaryFolder();
  await ground.store.append('thing-many', 'none', newEvents(900));
  await ground.store.append(
    'thing-texts',
    'none',
    texts.map((text) => newEvent({ text, [text]: 1.5 })),
  );
  // An append that was rolled back has drawn a position all the same.
  await ground.sql(`select nextval('waymark.event_position') from generate_series(1, 17)`);
  const large = Array.from({ length: 4 }, (_, index) => newEvent({ large: '"'.repeat(500_000 + index) }));
  await ground.store.append('other-large', 'none', large);
  await ground.store.append('other-UPPER_lower', 'none', newEvents(3));
  await ground.store.append('thing-many', 899, newEvents(50));
});
afterAll(async () => {
  await ground.close();
  await target.close();
  await files.remove();
});

const exportTo = async (folder: string, url: string, ...args: readonly string[]) => {
  const { code, out, err } = await waymark('events', 'export', '--url', url, '--out', folder, '--json', ...args);
  return { code, err, result: out ? JSON.parse(out) : undefined };
};
const readTo = async (store: EventStore, after = 0n) => {
  const events = [];
  for (let position = after; ;) {
    const page = await store.readAll({ after: position });
    events.push(...page.events);
    if (page.position === position) return events;
    position = page.position;
  }
};

describe('an export', () => {
  it('holds every event as it is stored, in files of bounded size, with a manifest of what must be there', async () => {
    const { code, result } = await exportTo(files.at('first'), ground.url, '--file-bytes', '100000');
    expect(code).toBe(0);
    const manifest = JSON.parse(await readFile(files.at('first/manifest.json'), 'utf8'));
    expect(result).toEqual({ out: files.at('first'), ...manifest });
    expect(manifest).toMatchObject({ format: 'waymark-events', version: 1, waymark: '0.1.0', events: 963, streams: 4 });
    expect(manifest).not.toHaveProperty('categories');
    expect(manifest.files.length).toBeGreaterThan(6);
    const names = [...manifest.files, manifest.heads, { name: 'manifest.json' }].map(({ name }) => name);
    expect((await readdir(files.at('first'))).sort()).toEqual(names.sort());
    const lines = [];
    for (const { name, sha256, bytes, events } of manifest.files) {
      const content = await readFile(files.at(`first/${name}`));
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(content.length).toBe(bytes);
      const read = content.toString('utf8').trimEnd().split('\n');
      expect(read).toHaveLength(events);
      lines.push(...read.map((line) => JSON.parse(line)));
      expect((await stat(files.at(`first/${name}`))).mode & 0o777).toBe(0o600);
    }
    const events = await readTo(ground.store);
    expect(lines).toEqual(
      events.map(({ position, stream, revision, id, type, schemaVersion, recordedAt, hash, stored }) => ({
        ...{ position: String(position), stream, revision, id, type, schemaVersion, recordedAt, hash },
        ...stored,
      })),
    );
  });

  it('has a digest that can be computed by whoever reads the papers', async () => {
    const manifest = JSON.parse(await readFile(files.at('first/manifest.json'), 'utf8'));
    const hash = createHash('sha256');
    const field = (bytes: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      hash.update(length).update(bytes);
    };
    field(Buffer.from('waymark-log-v1'));
    for (const event of await readTo(ground.store)) {
      for (const text of [String(event.position), event.stream, String(event.revision)]) field(Buffer.from(text));
      field(Buffer.from(event.hash, 'hex'));
    }
    expect(manifest.digest).toBe(hash.digest('hex'));
    const { out } = await waymark('events', 'verify', '--url', ground.url, '--json');
    expect(JSON.parse(out).digest).toBe(manifest.digest);
  });

  it('goes up to where the log ended when it began', async () => {
    const grown = await openLogGround();
    await grown.store.append('thing-a', 'none', newEvents(5_000));
    let appending = true;
    const appender = (async () => {
      for (let revision = 4_999; appending; revision += 20) {
        await grown.store.append('thing-a', revision, newEvents(20));
      }
    })();
    const { code, result } = await exportTo(files.at('moving'), grown.url);
    appending = false;
    await appender;
    expect(code).toBe(0);
    expect(result.lastPosition).toBe(result.head);
    expect(result.events).toBeGreaterThanOrEqual(5_000);
    expect(result.events).toBeLessThan(((await grown.store.readStreamMetadata('thing-a'))?.revision ?? 0) + 1);
    await grown.close();
  });

  it('is not made over another folder, nor of a log with a fault', async () => {
    expect((await exportTo(files.at('first'), ground.url)).code).toBe(2);
    const forged = await openLogGround();
    await forged.store.append('thing-a', 'none', newEvents(5));
    await forged.tamper(`update waymark.events set data = '{}' where revision = 3`);
    const { code, err } = await exportTo(files.at('forged'), forged.url);
    expect(code).toBe(1);
    expect(err).toContain('thing-a, revision 3: hash');
    expect((await readdir(files.folder)).filter((name) => name.startsWith('forged'))).toEqual([]);
    await forged.close();
  });

  it('can be of some categories, and says so', async () => {
    const { result } = await exportTo(files.at('narrow'), ground.url, '--category', 'other');
    expect(result).toMatchObject({ categories: ['other'], events: 7, streams: 2 });
    const narrow = await openEmptyDatabase();
    const { code } = await waymark('events', 'import', '--admin-url', narrow.adminUrl, '--from', files.at('narrow'));
    expect(code).toBe(0);
    await narrow.close();
  });
});

describe('an import', () => {
  it('gives a log that is equal to the one exported: the same events, positions and digest', async () => {
    const args = ['--admin-url', target.adminUrl, '--from', files.at('first')];
    const { digest, head } = JSON.parse(await readFile(files.at('first/manifest.json'), 'utf8'));
    expect((await waymark('events', 'import', ...args, '--digest', 'f'.repeat(64))).code).toBe(1);
    const { code, out } = await waymark('events', 'import', ...args, '--digest', digest, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ events: 963, streams: 4, digest, head });

    const role = await createTestRole({ url: target.adminUrl });
    await grantCategories({ adminUrl: target.adminUrl, role: role.name, append: ['thing'], read: 'all' });
    const imported = openPostgresEventStore({ url: role.url });
    expect(await readTo(imported)).toEqual(await readTo(ground.store));
    const again = await exportTo(files.at('second'), role.url, '--file-bytes', '2000000');
    expect(again.result).toMatchObject({ digest, head, events: 963, streams: 4 });
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => readFile(files.at(`${name}/heads.jsonl`), 'utf8')),
    );
    expect(second).toBe(first);
    await imported.close();
    await role.drop();
  });

  it('is followed by a service that appends, the chain going on, and a reader whose checkpoint still holds', async () => {
    const checkpoint = (await readTo(ground.store)).at(-30)?.position ?? 0n;
    const role = await createTestRole({ url: target.adminUrl });
    await grantCategories({ adminUrl: target.adminUrl, role: role.name, append: ['thing'], read: 'all' });
    const imported = openPostgresEventStore({ url: role.url });
    const appended = newEvents(2);
    const { position } = await imported.append('thing-many', 949, appended);
    const rest = await readTo(imported, checkpoint);
    expect(rest.slice(0, 29)).toEqual(await readTo(ground.store, checkpoint));
    expect(rest.slice(29).map(({ id }) => id)).toEqual(appended.map(({ id }) => id));
    expect(rest.at(-1)?.position).toBe(position);
    expect(await verifyStream(imported.readStream('thing-many'))).toMatchObject({ intact: true, events: 952 });
    const { code } = await waymark('events', 'verify', '--url', role.url, '--expect', files.at('first/heads.jsonl'));
    expect(code).toBe(0);
    await imported.close();
    await role.drop();
  });

  it('leaves a log that is guarded as before', async () => {
    const asWhom = async (url: string, statement: string) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(statement).finally(() => client.end());
    };
    for (const change of [
      'update waymark.events set data = data',
      'delete from waymark.events',
      'truncate waymark.events',
    ]) {
      for (const statement of [change, `set session_replication_role = replica; ${change}`]) {
        await expect(asWhom(target.adminUrl, statement)).rejects.toMatchObject({ code: 'WM009' });
      }
    }
    await expect(asWhom(target.adminUrl, 'delete from waymark.events')).rejects.toMatchObject({ code: 'WM009' });
    const role = await createTestRole({ url: target.adminUrl });
    await expect(asWhom(role.url, 'select from waymark.events')).rejects.toMatchObject({ code: '42501' });
    await role.drop();
  });
});
