import type { StartPostgresOptions } from './options.js';

/**
 * Passed on the command line and not through postgresql.conf, so that a data folder made by an older
 * version still gets today's settings.
 */
export function serverArguments(options: StartPostgresOptions, dataPath: string): readonly string[] {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: '127.0.0.1',
    port: options.port,
    // Nobody needs a socket, its path may be too long, and /tmp is shared with other servers.
    unix_socket_directories: '',
    max_connections: options.maxConnections ?? 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    ...(options.durable === false && forShortLives),
    [OWNER]: process.pid,
  };
  return ['-D', dataPath, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** Nothing of it outlives a crash, and whoever connects thousands of times to it does not prove a password in 4,096 rounds each. */
const forShortLives = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', scram_iterations: 1 };

// Standing in the command line, the owner is known for as long as the server lives and cannot go stale.
const OWNER = 'waymark.owner';

export function ownerIn(command: string): number | undefined {
  const pid = /waymark\.owner=(\d+)/.exec(command)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
