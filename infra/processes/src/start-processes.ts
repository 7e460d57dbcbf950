import { join } from 'node:path';
import { demoPeople, type Identity, startIdentity } from '@waymark/identity';
import { provision, services, teamsToldAt } from '@waymark/provision';
import { factsAtOnce } from '@waymark/service-kit';
import { type Exit, type ServiceProcess, spawnService } from './service-process.js';

export interface ProcessesOptions {
  /** Superuser address of a PostgreSQL server. */
  readonly postgresAdminUrl: string;
  readonly kafkaBrokers: readonly string[];
  /** Holds keys, secrets and one log per process. */
  readonly dir: string;
  /** A port for each service, and one for `identity` unless there is an issuer. */
  readonly ports: Readonly<Record<string, number>>;
  /** An issuer that is running already. Without it, the one with the demo people is started in this process. */
  readonly issuer?: string;
  /** Put before databases, roles, topics and groups, so that several platforms can share a server and a broker. */
  readonly prefix?: string;
  /** Added to the environment of every service. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The last word on the environment of each, such as other ways to the databases. */
  readonly adapt?: (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
}

/**
 * Every service as a process of its own, talking over Kafka. A further instance of one is named `intake-2`; it needs a port under
 * that name and is started by whoever wants it.
 */
export interface Processes {
  readonly issuer: string;
  urlOf(service: string): string;
  environmentOf(service: string): NodeJS.ProcessEnv;
  logOf(service: string): string;
  /** Undefined when it is not running. */
  pidOf(service: string): number | undefined;
  /** `SIGKILL`: as a crash would. */
  kill(service: string): Promise<Exit>;
  /** `SIGTERM`: finishes what is under way. */
  terminate(service: string): Promise<Exit>;
  /** Starts one that is not running. Resolves when it is ready, or at once with `wait: false`. */
  start(service: string, options?: { readonly wait?: boolean }): Promise<void>;
  /** Ends everything that was started and tells how each service that was running ended. */
  stop(): Promise<ReadonlyMap<string, Exit>>;
}

/** Prepares databases, roles and secrets and starts all services. Rejects with the end of its log when one does not start. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const { dir, ports, prefix } = options;
  const provisioned = await provision({
    adminUrl: options.postgresAdminUrl,
    secretsDir: join(dir, 'secrets'),
    bus: 'kafka',
    alternateDesk: 'ethics_office',
    ...(prefix === undefined ? {} : { prefix }),
  });
  const secrets = Object.fromEntries(
    [...provisioned].map(([name, { SERVICE_CLIENT_SECRET = '' }]) => [name, SERVICE_CLIENT_SECRET]),
  );
  const identity = options.issuer === undefined ? await ownIdentity(dir, ports.identity ?? 0, secrets) : undefined;
  const issuer = options.issuer ?? identity?.issuer ?? '';
  const running = new Map<string, ServiceProcess>();
  const urlOf = (service: string): string => `http://127.0.0.1:${ports[service]}`;
  const logOf = (service: string): string => join(dir, 'log', `${service}.log`);

  const plainEnvironmentOf = (service: string): NodeJS.ProcessEnv => ({
    ...provisioned.get(serviceOf(service)),
    HOST: '127.0.0.1',
    PORT: String(ports[service]),
    KAFKA_BROKERS: options.kafkaBrokers.join(','),
    ...(prefix === undefined ? {} : { KAFKA_PREFIX: `${prefix}.` }),
    OIDC_ISSUER: issuer,
    RECEIPT_ISSUER: urlOf('intake'),
    CONSENT_URL: urlOf('consent'),
    TEAMS_TOLD_AT: teamsToldAt(urlOf),
    ...factsAtOnce,
    ...options.environment,
  });
  const environmentOf = (service: string): NodeJS.ProcessEnv =>
    options.adapt?.(plainEnvironmentOf(service)) ?? plainEnvironmentOf(service);
  const start: Processes['start'] = async (service, { wait = true } = {}) => {
    if (running.has(service)) throw new Error(`${service} is running already`);
    const environment = environmentOf(service);
    const child = await spawnService({ name: serviceOf(service), environment, logFile: logOf(service) });
    running.set(service, child);
    void child.ended.then(() => running.get(service) === child && running.delete(service));
    if (wait) await child.untilReady();
  };
  const end = async (service: string, how: 'kill' | 'terminate'): Promise<Exit> => {
    const child = running.get(service);
    if (!child) throw new Error(`${service} is not running`);
    return child[how]();
  };
  const stop: Processes['stop'] = async () => {
    const ending = [...running].map(async ([name, child]) => [name, await child.terminate()] as const);
    const ends = new Map(await Promise.all(ending));
    await identity?.stop();
    return ends;
  };

  const starting = await Promise.allSettled(services.map(({ name }) => start(name)));
  const failed = starting.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    issuer,
    urlOf,
    environmentOf,
    logOf,
    pidOf: (service) => running.get(service)?.pid,
    kill: (service) => end(service, 'kill'),
    terminate: (service) => end(service, 'terminate'),
    start,
    stop,
  };
}

const serviceOf = (instance: string): string => instance.replace(/-\d+$/, '');

const ownIdentity = (dir: string, port: number, secrets: Readonly<Record<string, string>>): Promise<Identity> =>
  startIdentity({ port, people: demoPeople, clients: { services: secrets }, dataDir: join(dir, 'identity') });
