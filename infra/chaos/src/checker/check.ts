import pg from 'pg';
import type { Account } from './account.js';
import { checkChains } from './check-chains.js';
import { checkCommands } from './check-commands.js';
import { checkEffects } from './check-effects.js';
import { checkInboxes } from './check-inboxes.js';
import { checkProcesses } from './check-processes.js';
import { checkReceipts } from './check-receipts.js';
import { checkTopics } from './check-topics.js';
import { checkViews } from './check-views.js';
import type { Evidence, Published, Tables } from './evidence.js';
import type { Finding } from './finding.js';
import { readLog, type Ask } from './read-log.js';
import { readTables, tableNames } from './read-tables.js';
import { readTopics, topicNames } from './read-topics.js';

/** Where everything lies: a superuser's addresses, and the brokers. */
export interface Whereabouts {
  readonly eventsUrl: string;
  readonly databaseUrl: (service: string) => string;
  readonly brokers: readonly string[];
}

/** Reads log, topics and tables. Receipts are shown separately (`showReceipts`): it takes time, and a running platform. */
export async function gather({ eventsUrl, databaseUrl, brokers }: Whereabouts): Promise<Evidence> {
  const tables = new Map<string, Tables>();
  const topics = new Map<string, readonly Published[]>(await readTopics(brokers, topicNames));
  for (const service of Object.keys(tableNames))
    tables.set(service, await asking(databaseUrl(service), (ask) => readTables(ask, service)));
  const log = await asking(eventsUrl, readLog);
  return { log, topics, tables, receipts: [] };
}

/** Everything that is not as it was promised. */
export const judge = (account: Account, { log, topics, tables, receipts }: Evidence): readonly Finding[] => [
  ...checkCommands(account, log),
  ...checkEffects(log, topics),
  ...checkProcesses(log),
  ...checkTopics(log, topics),
  ...checkInboxes(topics, tables),
  ...checkChains(log),
  ...checkViews(log, tables),
  ...checkReceipts(log, receipts),
];

/** Every view has its tables in a schema of its own, named after it and its version; those that are kept or being built have a number. */
const whereTablesAre = `
  select set_config('search_path', string_agg(quote_ident(nspname), ', ' order by nspname <> 'public', nspname desc), false)
  from pg_namespace where nspname = 'public' or nspname ~ '_v[0-9]+$'`;

/** Works with a connection of its own, which finds the tables of the views by their names. */
export async function asking<Result>(url: string, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(whereTablesAre);
    return await work(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } finally {
    await client.end();
  }
}
