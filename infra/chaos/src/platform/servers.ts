import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres, type LocalPostgres } from '@waymark/local-postgres';
import { FaultProxy, freePorts } from '@waymark/testing';
import { startBrokers } from './brokers.js';

/** The ways between the parts of the platform that can be disturbed. */
export const wayNames = ['log', 'tables', 'bus', 'consent'] as const;
export type WayName = (typeof wayNames)[number];
export type Ways = Readonly<Record<WayName, FaultProxy>>;

/** A PostgreSQL and a broker of the run's own, or several, which it may kill, and ways with faults to them; of several brokers to one. */
export interface Servers {
  readonly ways: Ways;
  readonly brokers: readonly string[];
  postgresUrl(database?: string): string;
  /** `kill -9` of the server; what it had started ends by itself. */
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** So many of them at once, in their turn. */
  killBroker(howMany?: number): Promise<void>;
  startBroker(): Promise<void>;
  /** All topics and offsets are gone with the broker, unless others hold them. */
  wipeBroker(): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts all of them; `consentPort` is where the way to the consent service leads. */
export async function startServers(dir: string, consentPort: number, brokerCount: number): Promise<Servers> {
  const [postgresPort = 0, brokerPort = 0] = await freePorts(2);
  const [log, tables, bus, consent] = await Promise.all(
    [postgresPort, postgresPort, brokerPort, consentPort].map((port) => FaultProxy.open({ host, port })),
  );
  if (!log || !tables || !bus || !consent) throw new Error('a way is missing');
  const ways = { log, tables, bus, consent };
  const postgresOptions = { dataDir: join(dir, 'postgres'), port: postgresPort, superuserPassword: 'of-this-run' };
  const brokerOptions = { dir: join(dir, 'broker'), count: brokerCount, port: brokerPort, advertisedPort: bus.port };
  const [firstPostgres, brokers] = await Promise.all([startPostgres(postgresOptions), startBrokers(brokerOptions)]);
  let postgres: LocalPostgres = firstPostgres;
  return {
    ways,
    brokers: brokers.addresses,
    postgresUrl: (database) => postgres.url(database),
    killPostgres: async () => {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.exited;
    },
    startPostgres: async () => void (postgres = await startPostgres(postgresOptions)),
    killBroker: (howMany) => brokers.kill(howMany),
    startBroker: () => brokers.start(),
    wipeBroker: () => brokers.wipe(),
    close: async () => {
      for (const way of Object.values(ways)) way.close();
      await Promise.all([postgres.stop(), brokers.remove()]);
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
