import type pg from 'pg';

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
