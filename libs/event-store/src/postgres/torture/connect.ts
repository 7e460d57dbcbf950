import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isBroken } from '../errors.js';

/** Does `work` on a connection of its own. */
export async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Once more, from the beginning, for as long as the connection or the server is lost under it. */
export async function insisting<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await connected(url, work);
    } catch (error) {
      if (!isBroken(error)) throw error;
      await delay(50);
    }
  }
}

/** Undefined when the connection or the server was lost under it. */
export async function trying<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await connected(url, work);
  } catch (error) {
    if (!isBroken(error)) throw error;
    return undefined;
  }
}
