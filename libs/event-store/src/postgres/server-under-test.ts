import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres, type LocalPostgres } from '@waymark/local-postgres';
import { freePort } from '@waymark/testing';
import pg from 'pg';

/** A server of a test's own, which it may stop and crash. Durable, and ready for transactions in two phases. */
export interface ServerUnderTest {
  url(database?: string): string;
  readonly port: number;
  /** Where it keeps its data. */
  readonly folder: string;
  start(): Promise<void>;
  /** Ends in order. */
  stop(): Promise<void>;
  /** Immediate shutdown: nothing is written out, the next start recovers from the WAL. */
  crash(): Promise<void>;
  /** Stops it and takes its folder away. */
  close(): Promise<void>;
}

export async function startServerUnderTest(): Promise<ServerUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-event-store-'));
  const options = { dataDir: path.join(folder, 'data'), port: await freePort(), superuserPassword: 'of-the-test' };
  // For who is interrupted. The server, told to end as well, may still be writing into it.
  const clear = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  process.once('exit', clear);
  let server: LocalPostgres = await startPostgres(options);
  const under: ServerUnderTest = {
    url: (database) => server.url(database),
    port: options.port,
    folder: options.dataDir,
    start: async () => void (server = await startPostgres(options)),
    stop: () => server.stop(),
    crash: async () => {
      process.kill(server.pid, 'SIGQUIT');
      await server.exited;
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      process.off('exit', clear);
    },
  };
  await prepareForTwoPhases(under);
  return under;
}

async function prepareForTwoPhases(server: ServerUnderTest): Promise<void> {
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query('alter system set max_prepared_transactions = 8');
  await admin.end();
  await server.stop();
  await server.start();
}
