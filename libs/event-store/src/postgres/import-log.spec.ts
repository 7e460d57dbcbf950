import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { asStored, type StoredEvent } from '../chain.js';
import { newEvents, readToEnd } from '../contract/log-under-contract.js';
import type { EventStore } from '../port.js';
import { LogVerifier } from '../verification/log-verifier.js';
import { importLog, type LogImport } from './import-log.js';
import { readLogHead } from './log-head.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

let source: LogUnderTest;
let target: LogUnderTest;
let store: EventStore;
let events: readonly StoredEvent[];

beforeEach(async () => {
  [source, target] = [await openLogUnderTest(), await openLogUnderTest()];
  const original = await source.storeFor({ append: ['thing'] });
  for (const name of ['a', 'b', 'c']) await original.append(`thing-${name}`, 'none', newEvents(400));
  events = (await readToEnd(original, 0n)).events.map(asStored);
  store = await target.storeFor({ append: ['thing'] });
});
afterEach(async () => {
  await source.close();
  await target.close();
});

async function* handedOver(until: Promise<unknown> = Promise.resolve()): AsyncGenerator<StoredEvent> {
  yield* events.slice(0, 900);
  await until;
  yield* events.slice(900);
}

function importOf(changed: Partial<LogImport> = {}): LogImport {
  const verifier = new LogVerifier();
  for (const event of events) verifier.add(event);
  const { events: count, digest, lastPosition: head = 0n } = verifier.finish();
  const expected = { events: count, digest, heads: verifier.heads };
  return { adminUrl: target.url, events: handedOver(), expected, head, ...changed };
}

const rows = async () => {
  const admin = await target.connect(target.url);
  const { rows: counted } = await admin.query<{ rows: string }>('select count(*) as rows from waymark.events');
  return Number(counted[0]?.rows);
};

describe('the import of a log', () => {
  it('lets appenders wait and readers see nothing until it is done, and gives new events later positions', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let copied = 0;
    const importing = importLog(
      importOf({ events: handedOver(held), head: 5_000n, onProgress: (_step, count) => (copied = count) }),
    );
    await eventually(() => expect(copied).toBeGreaterThan(0));
    const appending = store.append('thing-d', 'none', newEvents(1));
    const admin = await target.connect(target.url);
    await eventually(async () => {
      const waiting = await admin.query(
        `select from pg_locks where not granted and locktype = 'advisory' and classid = 1463900525`,
      );
      expect(waiting.rowCount).toBe(1);
    });
    expect(await readToEnd(store, 0n)).toEqual({ events: [], position: 0n });
    goOn();
    expect(await importing).toMatchObject({ intact: true, events: 1_200, streams: 3 });
    expect((await appending).position).toBeGreaterThan(5_000n);
    expect((await readToEnd(store, 0n)).events).toHaveLength(1_201);
  });

  it('goes by the order of the log and not by that in which transactions end: an append before it refuses it', async () => {
    const { url } = await target.role({ append: ['thing'] });
    const appender = await target.connect(url);
    await appender.query('begin');
    await target.appendOn(appender, 'thing-d');
    const importing = importLog(importOf());
    const refused = expect(importing).rejects.toMatchObject({ code: 'store_not_empty' });
    await appender.query('commit');
    await refused;
    expect(await rows()).toBe(1);
  });

  it.each<[string, (good: LogImport) => Partial<LogImport>]>([
    ['a digest that is another', ({ expected }) => ({ expected: { ...expected, digest: 'e'.repeat(64) } })],
    ['a count that is another', ({ expected }) => ({ expected: { ...expected, events: 1_199 } })],
    [
      'heads of a stream too few',
      ({ expected }) => ({ expected: { ...expected, heads: expected.heads.only('thing-a') } }),
    ],
    ['a head before the last event', () => ({ head: 100n })],
  ])('leaves nothing behind when what came in is not what was expected: %s', async (_what, change) => {
    await expect(importLog(importOf(change(importOf())))).rejects.toMatchObject({ code: 'not_equal' });
    expect(await rows()).toBe(0);
    expect(await importLog(importOf())).toMatchObject({ events: 1_200 });
  });

  it('leaves nothing behind when its events break off, and says why', async () => {
    const failed = Promise.reject(new Error('the disk is gone'));
    failed.catch(() => undefined);
    await expect(importLog(importOf({ events: handedOver(failed) }))).rejects.toThrow('the disk is gone');
    expect(await rows()).toBe(0);
  });

  it('leaves nothing behind when its connection is lost', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let copied = 0;
    const importing = importLog(importOf({ events: handedOver(held), onProgress: (_step, count) => (copied = count) }));
    const lost = expect(importing).rejects.toMatchObject({ code: 'unavailable' });
    await eventually(() => expect(copied).toBeGreaterThan(0));
    const admin = await target.connect(target.url);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'waymark-event-store-admin'`,
    );
    goOn();
    await lost;
    expect(await rows()).toBe(0);
  });

  it('is refused to whoever does not own the log', async () => {
    const { url } = await target.role({ append: ['thing'] });
    await expect(importLog(importOf({ adminUrl: url }))).rejects.toMatchObject({ code: 'category_forbidden' });
    expect(await rows()).toBe(0);
  });
});

describe('the head of the log', () => {
  it('is where everything ends that was committed before, whatever is open below', async () => {
    const reader = await target.role({});
    expect(await readLogHead({ url: reader.url })).toBe(0n);
    const open = await target.connect((await target.role({ append: ['thing'] })).url);
    await open.query('begin');
    await target.appendOn(open, 'thing-open');
    const { position } = await store.append('thing-quick', 'none', newEvents(3));
    expect(await readLogHead({ url: reader.url })).toBe(position);
    await open.query('rollback');
    expect(await readLogHead({ url: reader.url })).toBe(position);
  });

  it('is refused to a role that may not read all of it', async () => {
    const { url } = await target.role({ read: ['thing'] });
    await expect(readLogHead({ url })).rejects.toMatchObject({ code: 'category_forbidden' });
  });
});
