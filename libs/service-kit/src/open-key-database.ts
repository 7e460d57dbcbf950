import { setTimeout as pause } from 'node:timers/promises';
import { types } from 'node:util';
import pg from 'pg';
import { type KeyDatabase, KeyProviderError } from '@waymark/privacy';
import { isTemporary } from '@waymark/messaging';
import { CannotReach, ConfigError } from './config-error.js';
import { sessionSettings } from './database-sessions.js';
import { endForgottenConnections } from './forgotten-connections.js';

export interface OpenedKeyDatabase extends KeyDatabase {
  /** As `clearKeyRemains`, when a key was ever destroyed. */
  clearRemains(): Promise<void>;
  close(): Promise<void>;
}

/** Connections to a service's store of data keys, made when they are needed. */
export function connectKeyDatabase(url: string, applicationName: string, max = 4): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    ...sessionSettings(),
    ...endForgottenConnections({ url, applicationName }),
    max,
    application_name: applicationName,
  });
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Opens a service's store of data keys, which provisioning has made. While it cannot be reached later on, what needs it rejects with
 * a `KeyProviderError` `unavailable`. Rejects with a `ConfigError` when it is not there or may not be read.
 */
export async function openKeyDatabase(service: string, url: string): Promise<OpenedKeyDatabase> {
  const pool = connectKeyDatabase(url, `waymark-${service}-keys`);
  try {
    await pool.query('SELECT FROM data_keys LIMIT 1');
  } catch (error) {
    await pool.end();
    // PostgreSQL names the role or the database, never the password.
    const why = types.isNativeError(error) ? error.message || error.name : String(error);
    const Refusal = isTemporary(error) ? CannotReach : ConfigError;
    throw new Refusal(`${service} cannot start: KEYS_DATABASE_URL: ${why}`);
  }
  return {
    query: (sql, parameters) => pool.query(sql, parameters).catch(unavailable),
    clearRemains: async () => {
      const { rowCount } = await pool.query('SELECT FROM data_keys WHERE destroyed_at IS NOT NULL LIMIT 1');
      if (rowCount) await clearKeyRemains(url, `waymark-${service}-keys`);
    },
    close: () => pool.end(),
  };
}

/**
 * Writes the table of keys anew, so that its files hold nothing of what was overwritten: an update leaves the old row where it was, and
 * also an ordinary vacuum only gives its place free. Rejects when somebody has the table in use for two seconds, such as a backup, or
 * has a snapshot from before for longer than that, and when the role may not (before PostgreSQL 17 only the owner may).
 */
export async function clearKeyRemains(url: string, applicationName: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    lock_timeout: 2_000,
  });
  const notices: Notice[] = [];
  client.on('error', () => undefined);
  client.on('notice', ({ code, message = '', detail }) => notices.push({ code, message, detail }));
  await client.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      notices.length = 0;
      await client.query('VACUUM (FULL, VERBOSE) data_keys');
      const left = leftIn(notices);
      if (left === 0) return;
      if (tries === mostTries) throw new Error(`${left} row versions are still in somebody's sight`);
      await pause(betweenTriesMs);
    }
  } finally {
    await client.end();
  }
}

/** What PostgreSQL says beside its answer; severity and texts are in the language of the server. */
type Notice = Partial<Pick<pg.DatabaseError, 'code' | 'message' | 'detail'>>;

const SUCCESSFUL = '00000';
const mostTries = 5;
const betweenTriesMs = 500;

/** How many of the old rows were written anew as well, because somebody may still see them. Throws when nothing was written at all. */
function leftIn(notices: readonly Notice[]): number {
  // PostgreSQL warns, and does nothing.
  const refusals = notices.filter(({ code }) => code !== SUCCESSFUL);
  if (refusals.length > 0) throw new Error(refusals.map(({ message }) => message).join('; '));
  // "N dead row versions cannot be removed yet", in the language of the server.
  return Math.max(0, ...notices.map(({ detail = '' }) => Number(/\d+/.exec(detail)?.[0] ?? 0)));
}

function unavailable(error: unknown): never {
  if (!isTemporary(error)) throw error;
  throw new KeyProviderError('unavailable', 'the store of the data keys cannot be reached', { cause: error });
}
