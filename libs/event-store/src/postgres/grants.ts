import pg from 'pg';
import { checkCategory } from '../validation.js';
import { inAdminTransaction, retryRoleConflicts, takeSetupLock } from './database.js';

export interface CategoryGrants {
  readonly adminUrl: string;
  readonly role: string;
  /** Set when given, also on a role that exists. Without it a new role cannot log in by password. */
  readonly password?: string;
  /** Categories the role may append to. */
  readonly append: readonly string[];
  /** Categories the role may read; `all` for the whole log. */
  readonly read: readonly string[] | 'all';
}

/**
 * What holds for a service's connections to the log unless it asks for something else. Readers wait behind a gap for whoever may
 * still fill it, so a transaction that its service has forgotten must end by itself.
 */
const settings = {
  idle_in_transaction_session_timeout: '10s',
  // As long as the adapter waits for an answer.
  statement_timeout: '25s',
  lock_timeout: '20s',
  // A client that has closed its connection is noticed also while its statement waits for a lock.
  client_connection_check_interval: '5s',
  // An acknowledged event survives a crash, whatever the server's own setting is.
  synchronous_commit: 'on',
} as const;

/** Bounds a transaction as a whole, also one that always does something; known from PostgreSQL 17 on. */
const transactionTimeout = '60s';

async function setLimits(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::integer as version`,
  );
  const known = { ...settings, ...((rows[0]?.version ?? 0) >= 170_000 && { transaction_timeout: transactionTimeout }) };
  const database = client.escapeIdentifier(client.database ?? '');
  for (const [name, value] of Object.entries(known)) {
    await client.query(`alter role ${role} in database ${database} set ${name} = ${client.escapeLiteral(value)}`);
  }
}

/** Creates the login role; one that somebody else has created meanwhile is as good. */
async function ensureRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ powerful: boolean }>(
    'select rolsuper or rolbypassrls or rolcreaterole as powerful from pg_roles where rolname = $1',
    [role],
  );
  if (rows[0]?.powerful) throw new Error(`role ${role} could change the log: give services a role without such rights`);
  if (rows.length === 0) await client.query(`create role ${client.escapeIdentifier(role)} login`);
}

/**
 * Gives a role exactly these rights on the log, taking away any others it had there: it may call the append and read functions,
 * which look up what is granted here, and touch no table. Its transactions in the log's database are bounded in time, against
 * mistakes: the role may set other bounds for itself. Call after `migrateEventStore`; safe to repeat.
 */
export async function grantCategories(options: CategoryGrants): Promise<void> {
  const append = options.append.map(checkCategory);
  const read = options.read === 'all' ? ['*'] : options.read.map(checkCategory);
  await retryRoleConflicts(() =>
    inAdminTransaction(options.adminUrl, async (client) => {
      await takeSetupLock(client);
      await ensureRole(client, options.role);
      const role = client.escapeIdentifier(options.role);
      if (options.password !== undefined) {
        await client.query(`alter role ${role} login password ${client.escapeLiteral(options.password)}`);
      }
      await client.query(`
        revoke all on all tables in schema waymark from ${role};
        revoke all on all sequences in schema waymark from ${role};
        revoke all on all functions in schema waymark from ${role};
        revoke all on schema waymark from ${role};
        grant usage on schema waymark to ${role};
        grant execute on function
          waymark.append_event(text, bigint, uuid, text, integer, text, text),
          waymark.append_events(text, bigint, uuid[], text[], integer[], text[], text[]),
          waymark.append_each(text[], bigint[], uuid[], text[], integer[], text[], text[]),
          waymark.read_stream(text, bigint, boolean, integer),
          waymark.read_all(bigint, integer, text[], bigint, bigint, text[])
          to ${role};`);
      await setLimits(client, role);
      await client.query('delete from waymark.category_grants where role_name = $1', [options.role]);
      await client.query(
        `insert into waymark.category_grants (role_name, category, may_append, may_read)
         select $1, c, c = any ($2::text[]), c = any ($3::text[]) from unnest($2::text[] || $3::text[]) c
         on conflict do nothing`,
        [options.role, append, read],
      );
    }),
  );
}
