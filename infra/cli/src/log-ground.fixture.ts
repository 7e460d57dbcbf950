import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import pg from 'pg';
import {
  grantCategories,
  migrateEventStore,
  openPostgresEventStore,
  type EventStore,
  type EventToAppend,
} from '@waymark/event-store';
import { createTestDatabase, createTestRole } from '@waymark/testing';
import { runCommandLine } from './command-line.js';

// What the developer's own shell has set is not what is under test.
delete process.env.EVENT_STORE;
delete process.env.DATABASE_URL;
delete process.env.EVENT_STORE_URL;
delete process.env.EVENT_STORE_ADMIN_URL;

export const newEvent = (data: object = {}, type = 'ThingHappened'): EventToAppend => ({
  id: randomUUID(),
  type,
  schemaVersion: 1,
  data,
  metadata: {
    actor: { kind: 'service', id: 'of-the-test' },
    correlationId: 'correlation',
    causationId: 'causation',
    occurredAt: '2026-03-02T08:00:00.000Z',
  },
});

export const newEvents = (count: number): EventToAppend[] =>
  Array.from({ length: count }, (_, index) => newEvent({ number: index }));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, its output in place of a terminal's. */
export async function waymark(...args: readonly string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      err += chunk.toString();
      done();
    },
  });
  const code = await runCommandLine(args, { stdout: { write: (text: string) => (out += text) }, stderr });
  return { code, out, err };
}

export interface LogGround {
  /** Of a superuser, who owns the log. */
  readonly adminUrl: string;
  /** Of a role that may append to some categories and read the whole log. */
  readonly url: string;
  readonly store: EventStore;
  /** As a superuser. */
  sql(statement: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** As somebody with all rights who has switched off what guards the log. */
  tamper(statement: string, values?: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

/** A log of its own in a database of its own. */
export async function openLogGround(categories: readonly string[] = ['thing', 'other']): Promise<LogGround> {
  const database = await createTestDatabase('cli');
  await migrateEventStore({ adminUrl: database.url });
  const role = await createTestRole(database);
  await grantCategories({ adminUrl: database.url, role: role.name, append: categories, read: 'all' });
  const store = openPostgresEventStore({ url: role.url });
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const sql: LogGround['sql'] = async (statement, values = []) => (await admin.query(statement, [...values])).rows;
  return {
    adminUrl: database.url,
    url: role.url,
    store,
    sql,
    tamper: async (statement, values) => {
      await sql('alter table waymark.events disable trigger events_append_only');
      await sql(statement, values);
      await sql('alter table waymark.events enable always trigger events_append_only');
    },
    close: async () => {
      await store.close();
      await admin.end();
      await role.drop();
      await database.drop();
    },
  };
}

/** A database without a log. */
export async function openEmptyDatabase() {
  const database = await createTestDatabase('cli_target');
  return { adminUrl: database.url, close: () => database.drop() };
}

export async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-cli-'));
  return { folder, at: (name: string) => path.join(folder, name), remove: () => rm(folder, { recursive: true }) };
}
