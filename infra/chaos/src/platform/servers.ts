import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres, type LocalPostgres } from '@waymark/local-postgres';
import { FaultProxy, freePorts, type RunningKafka, startKafka } from '@waymark/testing';

/** The ways between the parts of the platform that can be disturbed. */
export const wayNames = ['log', 'tables', 'bus', 'consent'] as const;
export type WayName = (typeof wayNames)[number];
export type Ways = Readonly<Record<WayName, FaultProxy>>;

/** A PostgreSQL and a broker of the run's own, which it may kill, and ways with faults to them. */
export interface Servers {
  readonly ways: Ways;
  readonly brokers: readonly string[];
  postgresUrl(database?: string): string;
  /** `kill -9` of the server; what it had started ends by itself. */
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  killBroker(): Promise<void>;
  startBroker(): Promise<void>;
  /** All topics and offsets are gone with the broker. */
  wipeBroker(): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts both; `consentPort` is where the way to the consent service leads. */
export async function startServers(dir: string, consentPort: number): Promise<Servers> {
  const [postgresPort = 0, brokerPort = 0] = await freePorts(2);
  const [log, tables, bus, consent] = await Promise.all(
    [postgresPort, postgresPort, brokerPort, consentPort].map((port) => FaultProxy.open({ host, port })),
  );
  if (!log || !tables || !bus || !consent) throw new Error('a way is missing');
  const ways = { log, tables, bus, consent };
  const postgresOptions = { dataDir: join(dir, 'postgres'), port: postgresPort, superuserPassword: 'of-this-run' };
  const brokerOptions = { dir: join(dir, 'broker'), port: brokerPort, advertisedPort: bus.port };
  let [postgres, broker]: [LocalPostgres, RunningKafka] = await Promise.all([
    startPostgres(postgresOptions),
    startKafka(brokerOptions),
  ]);
  return {
    ways,
    brokers: [`${host}:${bus.port}`],
    postgresUrl: (database) => postgres.url(database),
    killPostgres: async () => {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.exited;
    },
    startPostgres: async () => void (postgres = await startPostgres(postgresOptions)),
    killBroker: () => broker.kill(),
    startBroker: async () => void (broker = await startKafka(brokerOptions)),
    wipeBroker: () => broker.remove(),
    close: async () => {
      for (const way of Object.values(ways)) way.close();
      await Promise.all([postgres.stop(), broker.remove()]);
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
