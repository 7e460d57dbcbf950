import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventStoreSchemaVersion } from '@waymark/event-store';
import { createTestDatabase, eventually } from '@waymark/testing';
import pg from 'pg';
import { buildServices } from './processes.fixture.js';

const script = `const { migrateEventStore } = await import('@waymark/event-store');
await migrateEventStore({ adminUrl: process.env.ADMIN_URL });`;

function migrating(adminUrl: string): ChildProcess {
  const environment = { ...process.env, ADMIN_URL: adminUrl, NODE_OPTIONS: '' };
  return spawn(process.execPath, ['--input-type=module', '-e', script], { env: environment, stdio: 'ignore' });
}

beforeAll(buildServices, 240_000);

describe('migrating the log by several processes at once', () => {
  it('does each step once, also when the one who was at it is killed in the middle', async () => {
    const database = await createTestDatabase('migrating_at_once');
    const [admin, gate] = [new pg.Client(database.url), new pg.Client(database.url)];
    await admin.connect();
    await gate.connect();
    // Whoever makes the index waits at a gate that the test keeps closed.
    await admin.query(`
      create function public.wait() returns event_trigger language plpgsql
        as $$ begin perform pg_advisory_xact_lock_shared(7); end $$;
      create event trigger wait on ddl_command_end when tag in ('CREATE INDEX') execute function public.wait()`);
    await gate.query('select pg_advisory_lock(7)');
    const waiting = async (key: number): Promise<number> => {
      const { rowCount } = await admin.query(
        `select from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and locktype = 'advisory' and objid = $1 and not granted`,
        [key],
      );
      return rowCount ?? 0;
    };
    const first = migrating(database.url);
    await eventually(async () => (await waiting(7)) === 1);
    const others = Array.from({ length: 3 }, () => migrating(database.url));
    await eventually(async () => (await waiting(2)) === 3);

    const killed = once(first, 'close');
    first.kill('SIGKILL');
    expect(await killed).toEqual([null, 'SIGKILL']);
    const ended = Promise.all(others.map((other) => once(other, 'close')));
    await gate.end();
    expect(await ended).toEqual(others.map(() => [0, null]));
    const { rows } = await admin.query('select version from waymark.schema_version order by version');
    expect(rows).toEqual(Array.from({ length: eventStoreSchemaVersion }, (_, index) => ({ version: index + 1 })));
    await admin.end();
    await database.drop();
  }, 60_000);
});
