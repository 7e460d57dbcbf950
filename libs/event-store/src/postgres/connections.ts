import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EventStoreError } from '../port.js';
import { isBroken, isSilence, toEventStoreError } from './errors.js';
import { checkSchemaVersion } from './schema-version.js';

/** A problem that heals by itself, for the log of the process. Never holds event data. */
export type StoreLog = (message: string, error?: unknown) => void;

export interface ConnectionOptions {
  readonly url: string;
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** How long an answer may take before its connection counts as lost. Default 25,000. */
  readonly answerWithinMs?: number;
  readonly log?: StoreLog;
}

/** What all connections have in common. Probes find a peer that is gone without a word within half a minute. */
export const connectionSettings = (options: ConnectionOptions) => ({
  connectionString: options.url,
  connectionTimeoutMillis: 10_000,
  query_timeout: options.answerWithinMs ?? 25_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
});

/** Whoever asks whether the log can be reached wants to know soon. */
const pingWithinMs = 5_000;
/** The end of the log as a reader would ask for it: a server that has lost the log, or stands by, is not fit for work. */
const pastTheEnd = 'select from waymark.read_all(9223372036854775807, 1, null, 0, null, null)';

export interface Query {
  /** Prepared once per connection under this name. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly types?: pg.CustomTypesConfig;
}

/** A pool that keeps its connections over refusals: `pg.Pool.query` would drop one at every SQL error. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #onLost: () => void;
  #pool: pg.Pool;
  #checked = false;
  #ended = false;

  /** `onLost` is called whenever a connection was lost: the server may be another one since. */
  constructor(options: ConnectionOptions, onLost: () => void) {
    this.#options = options;
    this.#onLost = onLost;
    this.#pool = this.#openPool();
  }

  #openPool(): pg.Pool {
    const options = this.#options;
    const pool = new pg.Pool({
      ...connectionSettings(options),
      max: options.poolSize ?? 10,
      application_name: options.applicationName ?? 'waymark',
    });
    // The pool listens to idle connections only; one that breaks in use and has no listener ends the process.
    pool.on('connect', (client) => client.on('error', this.#onLost));
    pool.on('error', (error) => {
      this.#onLost();
      options.log?.('event store: an idle connection was lost', error);
    });
    return pool;
  }

  /** Where one connection has fallen silent the idle ones have too: each would cost somebody the whole wait again. */
  #leave(pool: pg.Pool): void {
    if (this.#ended || this.#pool !== pool) return;
    this.#pool = this.#openPool();
    pool.end().catch(() => undefined);
  }

  /** Runs one query. Rejects with an `EventStoreError` where the port has a code for it. */
  async query<Row extends object>(query: Query): Promise<readonly Row[]> {
    try {
      return await this.run<Row>(query);
    } catch (error) {
      throw toEventStoreError(error);
    }
  }

  /** As `query`, with the driver's own errors. */
  async run<Row extends object>(query: Query): Promise<readonly Row[]> {
    const pool = this.#pool;
    let client: pg.PoolClient | undefined;
    let lost = false;
    try {
      client = await pool.connect();
      if (!this.#checked) await checkSchemaVersion(client);
      // Once is enough: who runs already goes on while the log is migrated under it.
      this.#checked = true;
      const { name, text, values, types } = query;
      const result = await client.query<Row>({
        ...(name && { name }),
        ...(types && { types }),
        text,
        values: values ? [...values] : [],
      });
      return result.rows;
    } catch (error) {
      lost = isBroken(error);
      if (lost) this.#onLost();
      if (isSilence(error)) this.#leave(pool);
      throw error;
    } finally {
      client?.release(lost);
    }
  }

  /** Rejects when the log cannot be read, after 5 seconds at the latest; with `unavailable` when the server cannot be reached. */
  async ping(): Promise<void> {
    const waiting = new AbortController();
    const late = delay(pingWithinMs, undefined, { signal: waiting.signal }).then(() => {
      throw new EventStoreError('unavailable', `no answer within ${pingWithinMs} ms`);
    });
    const answer = this.query({ text: pastTheEnd });
    await Promise.race([answer, late]).finally(() => {
      waiting.abort();
      // Whichever comes second has nobody to tell.
      for (const loser of [answer, late]) loser.catch(() => undefined);
    });
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#pool.end();
  }
}
