import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Serialises migrations and grants within a database. */
export const setupLock = 'select pg_advisory_xact_lock(1463900525, 2)';

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
