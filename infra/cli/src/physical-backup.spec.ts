import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  grantCategories,
  migrateEventStore,
  openPostgresEventStore,
  type AppendResult,
  type EventStore,
} from '@waymark/event-store';
import type { LocalPostgres } from '@waymark/local-postgres';
import { eventually } from '@waymark/testing';
import { newEvent, newEvents, temporaryFolder, waymark } from './log-ground.fixture.js';
import { openBackupGround, type BackupGround } from './physical-backup.fixture.js';

const password = randomBytes(12).toString('hex');
const roleUrl = (server: LocalPostgres) => `postgres://keeper:${password}@127.0.0.1:${server.port}/postgres`;

let ground: BackupGround;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
let atTheEnd: LocalPostgres;
let atTheMoment: LocalPostgres;
/** Position of the last event before the loss that had been archived. */
let lastArchived: bigint;

const heads = { noted: '', archived: '', lost: '' };
const stores: EventStore[] = [];
let writing = true;
const storeOf = (server: LocalPostgres): EventStore => {
  const store = openPostgresEventStore({ url: roleUrl(server) });
  stores.push(store);
  return store;
};
const verify = async (server: LocalPostgres, ...args: readonly string[]) => {
  const { code, out } = await waymark('events', 'verify', '--url', roleUrl(server), '--json', ...args);
  return { code, verdict: JSON.parse(out) };
};

beforeAll(async () => {
  ground = await openBackupGround();
  files = await temporaryFolder();
  for (const name of ['noted', 'archived', 'lost'] as const) heads[name] = files.at(`${name}.jsonl`);
  const { first } = ground;
  await migrateEventStore({ adminUrl: first.url() });
  await grantCategories({ adminUrl: first.url(), role: 'keeper', password, append: ['thing'], read: 'all' });
  const store = storeOf(first);
  for (let index = 0; index < 20; index += 1) await store.append(`thing-${index}`, 'none', newEvents(200));

  const written: AppendResult[] = [];
  const writer = (async () => {
    for (let turn = 0; writing; turn += 1) {
      written.push(await store.append(`thing-${turn % 40}`, 'any', [newEvent({ turn, text: 'x'.repeat(300) })]));
    }
  })();
  const before = written.length;
  await ground.backUp();
  expect(written.length).toBeGreaterThan(before);
  expect((await verify(first, '--heads', heads.noted)).code).toBe(0);
  const { rows } = await ground.within(first, (client) =>
    client.query<{ now: string }>('select clock_timestamp()::text as now'),
  );
  const moment = rows[0]?.now ?? '';
  const known = written.length;
  await eventually(() => expect(written.length).toBeGreaterThan(known + 200));
  writing = false;
  await writer;

  expect((await verify(first, '--heads', heads.archived)).code).toBe(0);
  lastArchived = written.at(-1)?.position ?? 0n;
  await ground.archiveAll();
  await store.append('thing-lost', 'none', newEvents(5));
  expect((await verify(first, '--heads', heads.lost)).code).toBe(0);
  await store.close();
  await ground.lose();
  atTheEnd = await ground.restore('at-the-end');
  atTheMoment = await ground.restore('at-the-moment', { time: moment });
}, 180_000);
afterAll(async () => {
  writing = false;
  for (const store of stores) await store.close();
  await ground.close();
  await files.remove();
});

describe('a server restored from a backup that was made while events were written', () => {
  it('has every event that was in the archive, with its chain', async () => {
    const { code, verdict } = await verify(atTheEnd, '--expect', heads.archived);
    expect(code).toBe(0);
    expect(verdict.lastPosition).toBe(String(lastArchived));
  });

  it('shows by the heads what was acknowledged and not yet archived: it is gone', async () => {
    expect((await verify(atTheEnd)).code).toBe(0);
    const { code, verdict } = await verify(atTheEnd, '--expect', heads.lost);
    expect(code).toBe(1);
    expect(verdict.faults).toEqual([{ stream: 'thing-lost', revision: 0, kind: 'missing' }]);
  });

  it('stands where it stood at the moment that was asked for', async () => {
    expect((await verify(atTheMoment, '--expect', heads.noted)).code).toBe(0);
    const { code, verdict } = await verify(atTheMoment, '--expect', heads.archived);
    expect(code).toBe(1);
    expect(verdict.faults.map(({ kind }: { kind: string }) => kind)).toContain('cut');
    expect(BigInt(verdict.lastPosition)).toBeLessThan(lastArchived);
  });

  it('lets services append, their roles and grants being part of it, and still guards what was written', async () => {
    const store = storeOf(atTheEnd);
    const stream = 'thing-0';
    const before = await store.readStreamMetadata(stream);
    const { revision } = await store.append(stream, before?.revision ?? 'none', newEvents(1));
    expect(revision).toBe((before?.revision ?? -1) + 1);
    expect((await verify(atTheEnd, '--expect', heads.archived)).code).toBe(0);
    await expect(ground.within(atTheEnd, (client) => client.query('delete from waymark.events'))).rejects.toMatchObject(
      { code: 'WM009' },
    );
  });
});

describe('a reader whose checkpoint lies beyond the end of the restored log', () => {
  const read = async (store: EventStore) => (await store.readAll({ after: lastArchived })).events.map(({ id }) => id);

  it('is refused instead of passing over new events, until new positions begin behind every checkpoint', async () => {
    const store = storeOf(atTheMoment);
    const { position } = await store.append('thing-new', 'none', newEvents(1));
    expect(position).toBeLessThan(lastArchived);
    await expect(read(store)).rejects.toMatchObject({ code: 'beyond_log' });

    await ground.within(atTheMoment, (client) =>
      client.query(
        `select setval('waymark.event_position', greatest(last_value, $1::bigint)) from waymark.event_position`,
        [String(lastArchived)],
      ),
    );
    const seen = newEvents(2);
    await store.append('thing-new', 0, seen);
    expect(await read(store)).toEqual(seen.map(({ id }) => id));
    expect((await verify(atTheMoment, '--expect', heads.noted)).code).toBe(0);
  });
});
