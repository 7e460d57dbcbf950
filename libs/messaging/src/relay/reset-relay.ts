import type pg from 'pg';

/** Asks a database within a transaction that is open. */
interface Transaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/**
 * Lets a relay begin at the start of the log, with the same ids and sequences: once the transaction ends, whoever leads finds itself
 * deposed. The transaction must see what others commit meanwhile (`read committed`).
 */
export async function startOver(transaction: Transaction, service: string): Promise<void> {
  await transaction.query(
    `insert into relay_checkpoint as c (service, epoch) values ($1, 1)
     on conflict (service) do update set position = 0, published = 0, ends = '{}', epoch = c.epoch + 1`,
    [service],
  );
  // A statement of its own, which sees what was counted while the checkpoint was waited for.
  await transaction.query('delete from relay_sequence where service = $1', [service]);
}

/** Publishes everything again from the start of the log, with the same ids and sequences: after Kafka lost its data. */
export async function resetRelay(pool: pg.Pool, service: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await startOver(client, service);
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
