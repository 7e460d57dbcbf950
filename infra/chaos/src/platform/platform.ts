import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Processes, startProcesses } from '@waymark/processes';
import { services } from '@waymark/provision';
import { freePorts } from '@waymark/testing';
import { startServers, type Servers, type Ways } from './servers.js';
import { Supervisor } from './supervisor.js';

/** Two of each service that everybody needs: their relays have a leader and a follower, and requests go to either. */
const further = ['intake-2', 'case-2'];

/** All services as processes over a PostgreSQL and a Kafka of their own. */
export interface Platform {
  readonly processes: Processes;
  readonly servers: Servers;
  readonly supervisor: Supervisor;
  /** Every process of services by its name. */
  readonly instances: readonly string[];
  /** Addresses of a service's processes. */
  urlsOf(service: string): readonly string[];
  /** A superuser's address of a service's own database, or of `events`. */
  databaseUrl(name: string): string;
  /** The process whose relay leads, as far as the logs tell. */
  leaderOf(service: string): Promise<string>;
  close(): Promise<void>;
}

const prefix = 'chaos';

/** Starts all of it and resolves when every service is ready. */
export async function startPlatform({ brokers = 1 } = {}): Promise<Platform> {
  // Each process that is started is ended with this one by a listener of its own.
  process.setMaxListeners(50);
  const dir = await mkdtemp(join(tmpdir(), 'waymark-chaos-'));
  const instances = [...services.map(({ name }) => name), ...further];
  const names = [...instances, 'identity'];
  const numbers = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, numbers[index] ?? 0]));
  const servers = await startServers(dir, ports['consent'] ?? 0, brokers);
  let processes: Processes | undefined;
  try {
    processes = await startProcesses({
      postgresAdminUrl: servers.postgresUrl(),
      kafkaBrokers: servers.brokers,
      dir,
      ports,
      prefix,
      // Topics are not prefixed: the broker belongs to this run alone. A killed member is missed for so long.
      environment: {
        ...{ KAFKA_PREFIX: '', KAFKA_SESSION_TIMEOUT_MS: '8000', TRUSTED_PROXIES: 'loopback' },
        RATE_LIMIT_PRINCIPAL: '1000000',
        KAFKA_REPLICATION_FACTOR: String(brokers),
      },
      adapt: (environment) => throughWays(environment, servers.ways),
    });
    for (const name of further) await processes.start(name);
    return supervised(processes, servers, instances);
  } catch (error) {
    await processes?.stop();
    await servers.close();
    throw error;
  }
}

const isOf = (service: string, instance: string): boolean => instance.replace(/-2$/, '') === service;

function supervised(processes: Processes, servers: Servers, instances: readonly string[]): Platform {
  const supervisor = new Supervisor(processes, instances);
  return {
    processes,
    servers,
    supervisor,
    instances,
    urlsOf: (service) => instances.filter((name) => isOf(service, name)).map((name) => processes.urlOf(name)),
    databaseUrl: (name) => servers.postgresUrl(`${prefix}_${name}`),
    leaderOf: (service) => leaderOf(service, instances, processes),
    close: async () => {
      await supervisor.stop();
      await processes.stop();
      await servers.close();
    },
  };
}

function throughWays(environment: NodeJS.ProcessEnv, { log, tables, consent }: Ways): NodeJS.ProcessEnv {
  const { EVENT_STORE_URL = '', DATABASE_URL = '', KEYS_DATABASE_URL = '' } = environment;
  return {
    ...environment,
    EVENT_STORE_URL: log.through(EVENT_STORE_URL),
    DATABASE_URL: tables.through(DATABASE_URL),
    KEYS_DATABASE_URL: tables.through(KEYS_DATABASE_URL),
    CONSENT_URL: `http://${consent.host}:${consent.port}`,
  };
}

/** Each says in its log when its relay begins to lead: the last to say so leads. */
async function leaderOf(service: string, instances: readonly string[], processes: Processes): Promise<string> {
  const candidates = instances.filter((name) => isOf(service, name));
  const said = candidates.map(async (name) => {
    const log = await readFile(processes.logOf(name), 'utf8').catch(() => '');
    const line = log.split('\n').findLast((each) => each.includes('relay leads'));
    return { name, at: Date.parse(/"time":"([^"]+)"/.exec(line ?? '')?.[1] ?? '') || 0 };
  });
  const [leader] = (await Promise.all(said)).toSorted((one, other) => other.at - one.at);
  return leader?.name ?? service;
}
