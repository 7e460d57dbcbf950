import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EventStoreError } from '../port.js';

/** So long another setup of the same log is waited for. */
const patienceMs = 120_000;

/**
 * Serialises migrations and grants within a database, until the transaction ends. Rejects where somebody else has it for too long; how long
 * the transaction waits for other locks stays as it was.
 */
export async function takeSetupLock(client: Pick<pg.Client, 'query'>, waitMs = patienceMs): Promise<void> {
  const { rows } = await client.query<{ lock_timeout: string }>('show lock_timeout');
  const waitFor = (time: string | undefined) => client.query(`select set_config('lock_timeout', $1, true)`, [time]);
  await waitFor(`${waitMs}ms`);
  await client.query('select pg_advisory_xact_lock(1463900525, 2)').catch((error: unknown) => {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    const message = `the log is being set up by another session for more than ${waitMs / 1_000} s: see what it waits for (pg_stat_activity)`;
    throw new EventStoreError('unavailable', message, undefined, { cause: error });
  });
  await waitFor(rows[0]?.lock_timeout);
}

/** Runs `work` in one transaction on a connection of its own, as the administrator. */
export async function inAdminTransaction<Result>(
  adminUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'waymark-event-store-admin' });
  // Without a listener a lost connection would end the process; the pending query reports it anyway.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole server, so that two databases set up at once can meet on a role's row. */
export async function retryRoleConflicts<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      const conflict = /tuple concurrently (updated|deleted)|pg_authid_rolname_index|already exists/.test(message);
      if (!conflict || attempt === 10) throw error;
      await delay(20 * attempt);
    }
  }
}
