import type pg from 'pg';

/**
 * Makes `torture.append_quietly` of the log's own append: the same function but for the notification, which PostgreSQL refuses
 * to prepare. So a role can leave a whole, chained append in the first of two phases.
 */
export async function allowTwoPhases(admin: pg.Client, role: string): Promise<void> {
  const { rows } = await admin.query<{ text: string }>(
    `select pg_get_functiondef('waymark.append_events'::regproc) as text`,
  );
  const text = rows[0]?.text ?? '';
  const quiet = text
    .replace('waymark.append_events', 'torture.append_quietly')
    .replace(/perform pg_notify\([^;]*\);/g, '');
  if (quiet.length > text.length - 'perform pg_notify'.length)
    throw new Error('the append of the log notifies otherwise now');
  const name = admin.escapeIdentifier(role);
  await admin.query(`create schema if not exists torture; ${quiet}; grant usage on schema torture to ${name}`);
  await admin.query(`grant execute on all functions in schema torture to ${name}`);
}

export type PreparedEnd = 'commit prepared' | 'rollback prepared';

/** Ends a prepared transaction, however often the connection is lost meanwhile. False when there is none of this name. */
export async function endPrepared(
  connected: <R>(work: (client: pg.Client) => Promise<R>) => Promise<R>,
  id: string,
  end: PreparedEnd,
): Promise<boolean> {
  return connected(async (client) => {
    const { rows } = await client.query('select from pg_prepared_xacts where gid = $1', [id]);
    if (rows.length === 0) return false;
    await client.query(`${end} '${id}'`);
    return true;
  });
}
