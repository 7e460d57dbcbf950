import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findBinaries } from './binaries.js';
import { initialise, pathFor } from './data-folder.js';
import { stopLeftovers } from './leftovers.js';
import { LocalPostgresError } from './local-postgres-error.js';
import type { StartPostgresOptions } from './options.js';
import { signal } from './process-table.js';
import { serverArguments } from './settings.js';
import { userFor } from './unprivileged-user.js';

export type LocalPostgres = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly pid: number;
  readonly superuser: { readonly user: 'postgres'; readonly password: string };
  /** A superuser's connection string; database `postgres` unless named. */
  url(database?: string): string;
  /** Fast shutdown: ends connections, writes everything out, resolves when the process is gone. */
  stop(): Promise<void>;
  /** Settles when the server has ended, whoever ended it. */
  readonly exited: Promise<void>;
};

/**
 * Starts PostgreSQL 18 on 127.0.0.1 and resolves when it accepts connections. What a killed
 * predecessor left on the folder is cleared away first; no committed transaction is lost by that.
 * The server is in a session of its own, so that a terminal's Ctrl-C reaches only its owner, who stops it last.
 *
 * @throws {@link LocalPostgresError} with a code and a message that says what to do
 */
export async function startPostgres(options: StartPostgresOptions): Promise<LocalPostgres> {
  const log = options.log ?? (() => {});
  const settled = { ...options, dataDir: path.resolve(options.dataDir) };
  await mkdir(path.dirname(settled.dataDir), { recursive: true });
  const user = await userFor(settled.dataDir);
  const binaries = await findBinaries(user, log);
  await stopLeftovers(settled.dataDir, log);
  if (await initialise(settled, binaries, user)) log(`made a new PostgreSQL data folder at ${settled.dataDir}`);

  const server = spawn(binaries.postgres, serverArguments(settled, await pathFor(settled.dataDir, user)), {
    ...user,
    cwd: settled.dataDir,
    detached: true,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const pid = await untilReady(server, options.port, log);

  // The last resort when the owner ends without stop(); a killed owner leaves it to the next start.
  const interrupt = (): void => signal(pid, 'SIGINT');
  process.once('exit', interrupt);
  void exited.then(() => process.off('exit', interrupt));

  const credentials = `postgres:${encodeURIComponent(options.superuserPassword)}`;
  return {
    host: '127.0.0.1',
    port: options.port,
    pid,
    superuser: { user: 'postgres', password: options.superuserPassword },
    url: (database = 'postgres') =>
      `postgres://${credentials}@127.0.0.1:${options.port}/${encodeURIComponent(database)}`,
    stop: async () => {
      if (server.exitCode === null && server.signalCode === null) interrupt();
      await exited;
    },
    exited,
  };
}

function untilReady(server: ChildProcess, port: number, log: (line: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const lines = createInterface({ input: server.stderr! });
    const keep = (line: string): void => {
      said.push(line);
      if (line.includes('database system is ready to accept connections')) {
        lines.off('line', keep);
        resolve(server.pid!);
      }
    };
    lines.on('line', keep);
    lines.on('line', log);
    server.once('error', (error) =>
      reject(new LocalPostgresError('START_FAILED', `PostgreSQL could not be started: ${error.message}`)),
    );
    server.once('close', () => reject(startFailure(said, port)));
  });
}

function startFailure(said: readonly string[], port: number): LocalPostgresError {
  if (said.some((line) => line.includes('Address already in use'))) {
    return new LocalPostgresError(
      'PORT_IN_USE',
      `Port ${port} on 127.0.0.1 is in use by another program; PostgreSQL cannot start there.`,
    );
  }
  return new LocalPostgresError('START_FAILED', `PostgreSQL did not start:\n${said.slice(-10).join('\n')}`);
}
