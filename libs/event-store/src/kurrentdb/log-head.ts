import { readConnectionString } from './connection-string.js';
import { toEventStoreError } from './errors.js';
import { KurrentClient } from './kurrent-client.js';

/**
 * The position up to which a log on KurrentDB goes now, the server's own events included; 0n when it holds nothing. Rejects with
 * `category_forbidden` when the user may not read `$all`, with `unavailable`, and with a `TypeError` on a connection string
 * that cannot be used.
 */
export async function readKurrentLogHead({ url }: { readonly url: string }): Promise<bigint> {
  const client = new KurrentClient(readConnectionString(url));
  try {
    return await client.head(new AbortController().signal);
  } catch (error) {
    throw toEventStoreError(error);
  } finally {
    await client.close();
  }
}
