import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import type pg from 'pg';
import { newEvent, newEvents, readToEnd } from '../contract/log-under-contract.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';

const canary = 'canary-7f3a';

let log: LogUnderTest;
let intake: Awaited<ReturnType<LogUnderTest['role']>>;
let other: Awaited<ReturnType<LogUnderTest['role']>>;
let asIntake: pg.Client;
let asOwner: pg.Client;

beforeAll(async () => {
  log = await openLogUnderTest();
  intake = await log.role({ append: ['concern'], read: ['concern'] });
  other = await log.role({ append: ['case'], read: ['case'] });
  asIntake = await log.connect(intake.url);
  asOwner = await log.connect(log.url);
  await log.openStore(other.url).append('case-1', 'none', [newEvent({ canary }), ...newEvents(50)]);
});
afterAll(() => log.close());

const refused = { code: '42501' };

describe('a service with ill will cannot', () => {
  it.each([
    // Files and programs of the server.
    `copy waymark.events to '/tmp/waymark-events'`,
    `copy (select 1) to '/tmp/waymark-one'`,
    `copy (select 1) to program 'cat'`,
    `create temp table t (line text); copy t from '/etc/hostname'`,
    `create temp table t (line text); copy t from program 'cat /etc/hostname'`,
    `select lo_import('/etc/hostname')`,
    `select pg_read_file('postgresql.conf')`,
    `select pg_read_binary_file('postgresql.conf')`,
    `select pg_ls_dir('.')`,
    `select * from pg_hba_file_rules`,
    // Code, places and roads of its own.
    `create schema mine`,
    `create table public.pg_locks (n integer)`,
    `create function waymark.mine() returns integer language sql as 'select 1'`,
    `create function public.mine() returns integer language sql as 'select 1'`,
    `create function pg_temp.mine() returns integer language c as 'libc', 'system'`,
    `create language mine handler plpgsql_call_handler`,
    `create event trigger mine on ddl_command_start execute function waymark.refuse_change()`,
    `create foreign data wrapper mine`,
    `create publication mine for all tables`,
    `create subscription mine connection 'dbname=postgres' publication mine`,
    `select pg_create_logical_replication_slot('mine', 'pgoutput')`,
    `select pg_create_physical_replication_slot('mine')`,
    // Other roles and the whole server.
    `create role mine`,
    `alter role current_user superuser`,
    `alter system set log_statement = 'all'`,
    `set log_statement = 'all'`,
    `set lc_messages = 'C'`,
    `set session_preload_libraries = 'auto_explain'`,
    `select pg_reload_conf()`,
    `drop database postgres`,
    `select currval('waymark.event_position')`,
    `select starelid from pg_statistic`,
    // What would hold up the readers.
    `select pg_advisory_lock_shared(1463900525, 1)`,
    `select pg_advisory_lock(1463900525, 1)`,
    `select pg_try_advisory_lock_shared(1463900525, 1)`,
    `select pg_try_advisory_lock(1463900525, 1)`,
    `select pg_advisory_xact_lock_shared(1463900525, 1)`,
    `select pg_advisory_xact_lock(1463900525, 1)`,
    `select pg_try_advisory_xact_lock(1463900525, 1)`,
    `select pg_try_advisory_xact_lock_shared(1463900525, 1)`,
    `select pg_advisory_lock((1463900525::bigint << 32) + 1)`,
  ])('%s', async (statement) => {
    await expect(asIntake.query(statement)).rejects.toMatchObject(refused);
  });

  it('become another service, or end its work', async () => {
    const { rows } = await asOwner.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1', [
      other.name,
    ]);
    expect(rows.length).toBeGreaterThan(0);
    for (const statement of [
      `set role "${other.name}"`,
      `set session authorization "${other.name}"`,
      `select pg_terminate_backend(${rows[0]?.pid})`,
      `select pg_cancel_backend(${rows[0]?.pid})`,
    ])
      await expect(asIntake.query(statement)).rejects.toMatchObject(refused);
  });

  it('bring in an extension that leads to other databases or files', async () => {
    const { rows } = await asOwner.query<{ name: string }>('select name from pg_available_extensions');
    const available = new Set(rows.map(({ name }) => name));
    for (const extension of ['dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'pageinspect', 'pg_walinspect']) {
      // What is not installed on the server cannot be brought in by anybody.
      const code = available.has(extension) ? '42501' : '0A000';
      await expect(asIntake.query(`create extension ${extension}`)).rejects.toMatchObject({ code });
    }
  });
});

describe('what a service learns of the others', () => {
  it('are no statements: neither their text nor, for anybody, their data', async () => {
    const seenBy = async (client: pg.Client): Promise<string[]> => {
      const { rows } = await client.query<{ query: string }>('select query from pg_stat_activity where usename = $1', [
        other.name,
      ]);
      return rows.map(({ query }) => query);
    };
    const toIntake = await seenBy(asIntake);
    expect(toIntake.length).toBeGreaterThan(0);
    expect(new Set(toIntake)).toEqual(new Set(['<insufficient privilege>']));
    const appending = await log.connect(other.url);
    await log.appendOn(appending, 'case-1', { canary });
    const toOwner = (await seenBy(asOwner)).join();
    expect(toOwner).toContain('append_events');
    expect(toOwner).not.toContain(canary);
  });

  it('are no statistics of what is stored', async () => {
    await asOwner.query('analyze waymark.events');
    const statistics = `select * from pg_stats where schemaname = 'waymark'`;
    expect((await asOwner.query(statistics)).rowCount).toBeGreaterThan(0);
    expect((await asIntake.query(statistics)).rowCount).toBe(0);
  });

  it('is by listening only that something of a category was appended', async () => {
    const listening = await log.connect(intake.url);
    const heard: unknown[] = [];
    listening.on('notification', ({ channel, payload }) => heard.push({ channel, payload }));
    await listening.query('listen waymark_events');
    await log.openStore(other.url).append('case-2', 'none', [newEvent({ canary }), newEvent()]);
    await eventually(() => expect(heard).toEqual([{ channel: 'waymark_events', payload: 'case' }]));
  });

  it.each([
    ['read_stream', `('case-1', 0, false, 10)`],
    ['read_stream', `('case-1-concern', 0, false, 10)`],
    ['read_stream', `(null, 0, false, 10)`],
    ['read_all', `(0, 10, '{case}', 0, null, '{}')`],
    ['read_all', `(0, 10, '{*}', 0, null, '{}')`],
    ['read_all', `(0, 10, '{concern,NULL}', 0, null, '{}')`],
  ])('is nothing through %s%s', async (name, call) => {
    await expect(asIntake.query(`select * from waymark.${name}${call}`)).rejects.toMatchObject({ code: 'WM004' });
  });

  it.each([
    `(0, 1000000, null, 0, null, '{}')`,
    `(0, 1000, null, 9223372036854775807, 9223372036854775807, '{a,b}')`,
    `(-9223372036854775807, 1000, null, 1000, null, null)`,
    `(0, null, null, null, null, null)`,
    `(0, 1000, '{}', 1000, null, '{}')`,
    `(0, 1000, '{{concern},{concern}}', 1000, null, '{}')`,
    `(null, 1000, null, null, null, null)`,
  ])('is nothing of them in read_all%s', async (call) => {
    const asked = asIntake.query<{ stream_id: string | null }>(`select * from waymark.read_all${call}`);
    const { rows } = await asked.catch((error: object) => {
      // Whoever says that they have read further than the log reaches is refused.
      expect(error).toMatchObject({ code: 'WM010' });
      return { rows: [] };
    });
    expect(rows.filter(({ stream_id }) => stream_id?.startsWith('case'))).toEqual([]);
  });

  it.each([
    [`(null, -2, $1, '{ThingHappened}', '{1}', '{"{}"}', '{"{}"}')`, 'WM004'],
    [`('case-1', -2, $1, '{ThingHappened}', '{1}', '{"{}"}', '{"{}"}')`, 'WM004'],
    [`('concern-x', -2, $1, '{ThingHappened}', '{NULL}', '{"{}"}', '{"{}"}')`, '23502'],
    [`('concern-x', -2, $1, '{ThingHappened}', '{1}', '{NULL}', '{"{}"}')`, '23502'],
    [`('concern-x', -2, $1, '{ThingHappened}', '{1}', '{"{}"}', null)`, 'WM006'],
    [`('concern-x', -2, $1, '[7:7]={ThingHappened}', '{1}', '{"{}"}', '{"{}"}')`, 'WM006'],
    [`('concern-x', -2, $1, '{{ThingHappened}}', '{1}', '{"{}"}', '{"{}"}')`, 'WM006'],
    [`('concern-x', -2, null, null, null, null, null)`, 'WM006'],
  ])('and stores nothing by append_events%s', async (call, code) => {
    const id = randomUUID();
    const statement = `select waymark.append_events${call}`;
    await expect(asIntake.query(statement, call.includes('$1') ? [[id]] : [])).rejects.toMatchObject({ code });
    const { rowCount } = await asOwner.query(`select from waymark.events where event_id = $1`, [id]);
    expect(rowCount).toBe(0);
  });
});

describe('a service that has forgotten an open append', () => {
  it('has its transaction ended by the server, and the readers go on', async () => {
    const forgetful = await log.role({ append: ['concern'], read: 'all' });
    const { rows } = await (
      await log.connect(forgetful.url)
    ).query<Record<string, string>>(
      `select name, setting from pg_settings where source = 'database user' order by name`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      client_connection_check_interval: '5000',
      idle_in_transaction_session_timeout: '10000',
      lock_timeout: '20000',
      statement_timeout: '25000',
      synchronous_commit: 'on',
      transaction_timeout: '60000',
    });
    // As granted, but sooner: nobody wants to wait for ten seconds.
    await asOwner.query(
      `alter role "${forgetful.name}" in database "${asOwner.database}" set idle_in_transaction_session_timeout = '300ms'`,
    );
    const reader = log.openStore(forgetful.url);
    const { position: after } = await readToEnd(reader, 0n);
    const open = await log.connect(forgetful.url);
    await open.query('begin');
    await log.appendOn(open, 'concern-forgotten');
    await reader.append('concern-next', 'any', [newEvent()]);
    expect((await reader.readAll({ after })).events).toEqual([]);
    await eventually(async () => {
      const { events } = await reader.readAll({ after });
      expect(events.map(({ stream }) => stream)).toEqual(['concern-next']);
    });
    await expect(open.query('commit')).rejects.toThrow();
  });
});
