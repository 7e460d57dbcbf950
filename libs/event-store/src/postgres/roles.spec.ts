import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { ids, newEvent, newEvents, readStream, readToEnd, refusalOf } from '../contract/log-under-contract.js';
import { grantCategories } from './grants.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

let log: LogUnderTest;
let intake: { readonly name: string; readonly url: string };
let asIntake: pg.Client;
let asOwner: pg.Client;

beforeAll(async () => {
  log = await openLogUnderTest();
  intake = await log.role({ append: ['concern'], read: ['concern'] });
  asIntake = await log.connect(intake.url);
  asOwner = await log.connect(log.url);
  await log.openStore(intake.url).append('concern-1', 'none', newEvents(3));
});
afterAll(() => log.close());

const statements = [
  'select * from waymark.events',

  'select * from waymark.category_grants',
  'select * from waymark.schema_version',
  `insert into waymark.events select * from waymark.events`,
  `insert into waymark.category_grants values (session_user, 'case', true, true)`,
  'update waymark.events set data = data',

  'delete from waymark.events',

  'truncate waymark.events',
  'copy waymark.events to stdout',
  'copy (select * from waymark.events) to stdout',
  'copy waymark.events from stdin',
  'do $$ begin lock table waymark.events; end $$',
  `select nextval('waymark.event_position')`,
  `select setval('waymark.event_position', 1)`,
  'alter table waymark.events disable trigger all',
  'alter table waymark.events disable trigger events_append_only',
  'drop trigger events_append_only on waymark.events',
  'drop table waymark.events',
  'create table waymark.mine (n integer)',
  'create trigger mine before insert on waymark.events for each row execute function waymark.refuse_change()',
  'create rule mine as on insert to waymark.events do instead nothing',
  'alter function waymark.append_events owner to current_user',
  'set role postgres',
  'set session authorization postgres',
  `set session_replication_role = 'replica'`,
];

describe('a service in its own role', () => {
  it.each(statements)('cannot %s', async (statement) => {
    // COPY FROM is refused before the server asks for the first row.
    await expect(asIntake.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('cannot put a table of its own in the place of what the functions use', async () => {
    const own = await log.connect(intake.url);
    await own.query('create temp table pg_locks (locktype text); create temp table category_grants (role_name name)');
    await expect(log.appendOn(own, 'case-1')).rejects.toMatchObject({ code: 'WM004' });
    await expect(log.appendOn(own, 'concern-own')).resolves.toBeGreaterThan(0n);
  });

  it('cannot store through the function what no reader could read', async () => {
    const raw = (stream: string, type: string, data: string) =>
      asIntake.query('select waymark.append_events($1, -2, $2, $3, $4, $5, $6)', [
        ...[stream, [randomUUID()], [type], [1], [data], ['{}']],
      ]);
    await expect(raw('concern-x', 'ThingHappened', '{"a":')).rejects.toMatchObject({ code: '23514' });
    await expect(raw('concern-x', 'ThingHappened', '[]')).rejects.toMatchObject({ code: '23514' });
    await expect(raw('concern-x', 'not a type', '{}')).rejects.toMatchObject({ code: '23514' });
    await expect(raw('concern-', 'ThingHappened', '{}')).rejects.toMatchObject({ code: '23514' });
    await expect(raw('concern-x', 'ThingHappened', `{"a":"${'x'.repeat(1_048_576)}"}`)).rejects.toMatchObject({
      code: '23514',
    });
  });
});

describe('the audit role', () => {
  it('reads the whole log and appends to its own category only', async () => {
    const audit = await log.storeFor({ append: ['audit'], read: 'all' });
    expect(await readStream(audit, 'concern-1')).toHaveLength(3);
    await audit.append('audit-1', 'none', [newEvent()]);
    const { events } = await readToEnd(audit, 0n);
    expect(new Set(events.map((event) => event.category))).toEqual(new Set(['concern', 'audit']));
    expect(await refusalOf(audit.append('concern-1', 'any', [newEvent()]))).toEqual({ code: 'category_forbidden' });
  });
});

describe('a role', () => {
  it('that nobody granted anything can do nothing', async () => {
    const role = await log.role({ append: [], read: [] });
    await asOwner.query(`revoke all on schema waymark from "${role.name}"`);
    const store = log.openStore(role.url);
    const forbidden = { code: 'category_forbidden' };
    expect(await refusalOf(store.append('concern-2', 'any', [newEvent()]))).toEqual(forbidden);
    expect(await refusalOf(readStream(store, 'concern-1'))).toEqual(forbidden);
    expect(await refusalOf(store.readAll({ after: 0n }))).toEqual(forbidden);
  });

  it('has just what was granted last', async () => {
    const role = await log.role({ append: ['concern', 'case'], read: 'all' });
    const grants = { adminUrl: log.url, role: role.name, append: ['case'], read: ['case'] };
    await Promise.all(Array.from({ length: 4 }, () => grantCategories(grants)));
    const store = log.openStore(role.url);
    const [event] = newEvents(1);
    expect(await refusalOf(store.append('concern-1', 'any', [newEvent()]))).toEqual({ code: 'category_forbidden' });
    expect(await refusalOf(store.append('case-1', 'any', event ? [event] : []))).toBe('accepted');
    expect(ids((await readToEnd(store, 0n)).events)).toEqual([event?.id]);
  });

  it('that does not exist is created, able to log in with its password', async () => {
    const role = `created_${randomUUID().slice(0, 8)}`;
    await grantCategories({ adminUrl: log.url, role, password: "it's \\ secret", append: ['case'], read: [] });
    const url = new URL(log.url);
    url.username = role;
    url.password = encodeURIComponent("it's \\ secret");
    const store = log.openStore(url.href);
    expect(await refusalOf(store.append('case-2', 'none', [newEvent()]))).toBe('accepted');
    await store.close();
    await asOwner.query(`drop owned by "${role}"; drop role "${role}"`);
  });

  it('of a superuser is given nothing', async () => {
    await expect(
      grantCategories({ adminUrl: log.url, role: 'postgres', append: ['case'], read: 'all' }),
    ).rejects.toThrow('could change the log');
  });
});

describe('the owner of the log', () => {
  it.each(['update waymark.events set data = data', 'delete from waymark.events', 'truncate waymark.events'])(
    'is refused %s',
    async (statement) => {
      await expect(asOwner.query(statement)).rejects.toMatchObject({ code: 'WM009' });
      await asOwner.query("set session_replication_role = 'replica'");
      await expect(asOwner.query(statement)).rejects.toMatchObject({ code: 'WM009' });
      await asOwner.query('reset session_replication_role');
    },
  );
});
