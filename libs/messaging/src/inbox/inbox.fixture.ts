import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { createTestDatabase } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Log } from '../log.js';
import type { Bus, Message } from '../port.js';
import { openPostgresBus } from '../postgres/bus.js';
import { migrateBus } from '../postgres/migrate.js';
import { inboxForgettingMigration } from './inbox-forgetting-migration.js';
import { inboxMigration, inboxOperationsMigration, inboxStepsMigration } from './inbox-migration.js';
import { inboxMovedNumbersMigration } from './inbox-moved-numbers-migration.js';

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
export const happened = 'test.something-happened.v1';

export const messageOf = (subject: string, sequence: number, changed: Partial<Message> = {}): Message => ({
  specversion: '1.0',
  id: randomUUID(),
  source: '/waymark/test',
  type: happened,
  subject,
  time: '2026-03-02T08:00:00.000Z',
  datacontenttype: 'application/json',
  sequence,
  correlationid: 'correlation',
  causationid: 'causation',
  data: {},
  ...changed,
});

export interface InboxGround {
  readonly bus: Bus;
  /** With the inbox's tables, and a table `effects` for what handlers do. */
  readonly dataSource: DataSource;
  /** Runs a statement on the bus's database, past the bus. */
  onBusDatabase(statement: string, values?: unknown[]): Promise<unknown>;
  /** Ends every connection to either database, those of bus and consumers. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
}

const cut = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** One statement on a connection of its own. */
async function once(url: string, statement: string, values?: unknown[]): Promise<unknown> {
  const connection = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    return await connection.query(statement, values);
  } finally {
    await connection.destroy();
  }
}

/** A bus and a consumer's database, each of its own. */
export async function openInboxGround(): Promise<InboxGround> {
  const busDatabase = await createTestDatabase('bus');
  const database = await createTestDatabase('inbox');
  await migrateBus({ adminUrl: busDatabase.url });
  const bus = openPostgresBus({ url: busDatabase.url, log: silent });
  const dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  // As the services do: a connection that is cut between the pool and its borrower has no listener.
  if (dataSource.driver instanceof PostgresDriver) {
    const pool: EventEmitter = dataSource.driver.master;
    pool.on('connect', (client: EventEmitter) => client.on('error', () => undefined));
  }
  const migrations = [
    inboxMigration,
    inboxOperationsMigration,
    inboxStepsMigration,
    inboxForgettingMigration,
    inboxMovedNumbersMigration,
  ];
  for (const migration of migrations) await dataSource.query(migration);
  await dataSource.query('create table effects (place serial, consumer text, subject text, sequence int)');
  return {
    bus,
    dataSource,
    onBusDatabase: (statement, values) => once(busDatabase.url, statement, values),
    cutConnections: async () => {
      await Promise.all([database, busDatabase].map(({ url }) => once(url, cut)));
    },
    close: async () => {
      await bus.close();
      await dataSource.destroy();
      await database.drop();
      await busDatabase.drop();
    },
  };
}

/** A handler's whole effect: a row. */
export const takeEffect = (
  consumer: string,
  { subject, sequence }: Pick<Message, 'subject' | 'sequence'>,
  manager: Pick<DataSource, 'query'>,
): Promise<void> =>
  manager.query('insert into effects (consumer, subject, sequence) values ($1, $2, $3)', [consumer, subject, sequence]);
