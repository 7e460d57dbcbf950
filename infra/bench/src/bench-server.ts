import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '@waymark/local-postgres';

/** A superuser's address of a database that nobody has used yet. */
export interface FreshDatabase {
  readonly url: string;
}

export interface BenchServer {
  readonly version: string;
  freshDatabase(): Promise<FreshDatabase>;
}

/** A PostgreSQL for one benchmark, durable as in production, gone with everything in it afterwards. */
export async function withBenchServer<Answer>(work: (server: BenchServer) => Promise<Answer>): Promise<Answer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-bench-'));
  // The server may have to run as another user.
  await chmod(dir, 0o755);
  const server = await startPostgres({
    dataDir: path.join(dir, 'data'),
    port: await freePort(),
    superuserPassword: randomBytes(12).toString('hex'),
  });
  try {
    const admin = new pg.Client(server.url());
    admin.on('error', () => undefined);
    await admin.connect();
    const { rows } = await admin.query<{ version: string }>(`select current_setting('server_version') as version`);
    let count = 0;
    const answer = await work({
      version: rows[0]?.version ?? 'unknown',
      freshDatabase: async () => {
        const name = `bench_${(count += 1)}`;
        await admin.query(`create database ${name}`);
        return { url: server.url(name) };
      },
    });
    await admin.end();
    return answer;
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
