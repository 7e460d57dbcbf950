import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openPostgresEventStore, type EventStore } from '@waymark/event-store';
import { demoPeople, startIdentity } from '@waymark/identity';
import { openPostgresBus, type Bus } from '@waymark/messaging';
import { type ServiceProcess, spawnService } from '@waymark/processes';
import { provision, teamsToldAt } from '@waymark/provision';
import { createLog, type RunningService, type ServiceDefinition, startService } from '@waymark/service-kit';
import { FakeClock, freePort, freePorts, serverUrl } from '@waymark/testing';
import { stageSettings } from './stage-settings.js';
import { clientSecrets, createTokens } from './tokens.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into whatever came
  readonly body: any;
}

export interface AskOptions {
  /** Demo person who asks, such as `amina.officer`; or a token of your own. */
  readonly as?: string;
  readonly token?: string;
  readonly body?: unknown;
  /** Idempotency-Key; a fresh one unless given. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Services in one process over a real PostgreSQL, with the embedded bus and identity, and a clock that tests move. */
export interface Stage {
  readonly clock: FakeClock;
  /** The whole log, read as the audit service may. */
  readonly log: EventStore;
  ask(service: string, method: 'GET' | 'POST', path: string, options?: AskOptions): Promise<Answer>;
  /** Access token of a demo person, or of a service (`service:referral`). */
  token(who: string): Promise<string>;
  /** Subject of a demo person in tokens and events. */
  idOf(username: string): string;
  start(name: string): Promise<RunningService>;
  stop(name: string): Promise<void>;
  running(name: string): RunningService;
  /** One more instance of a service, from its build and as a process of its own: it goes by the real time. Answers its address. */
  startProcess(name: string): Promise<string>;
  environmentOf(name: string): NodeJS.ProcessEnv;
  /** Rows of a service's own database. */
  query<Row extends object>(service: string, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Rows of a service's store of data keys, as its owner. */
  queryKeys<Row extends object>(service: string, sql: string, values?: unknown[]): Promise<Row[]>;
  /** Owner's address of a service's store of data keys. */
  keysAdminUrlOf(service: string): string;
  /** Superuser address of the event store's database. */
  readonly eventStoreAdminUrl: string;
  /** The bus with a service's rights, to publish in its name. */
  busOf(service: string): Bus;
  close(): Promise<void>;
}

const portNames = ['intake', 'case', 'consent', 'referral', 'reporting', 'audit', 'engagement'];

/** Builds a stage and starts the services named. Close it at the end. */
export async function startStage(options: {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- services with settings of their own
  readonly services: readonly ServiceDefinition<any>[];
  /** Services that get databases, when the test starts more than those on the stage by itself. */
  readonly databasesOf?: readonly string[];
  readonly now?: string;
  readonly logLevel?: string;
  /** Further environment variables of all services. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Gets every line that the services log, instead of the terminal. */
  readonly logTo?: (line: string) => void;
}): Promise<Stage> {
  const adminUrl = serverUrl();
  const dir = await mkdtemp(join(tmpdir(), 'waymark-stage-'));
  const prefix = `s${randomBytes(4).toString('hex')}`;
  const environments = await provision({
    adminUrl,
    secretsDir: join(dir, 'secrets'),
    prefix,
    databasesOf: options.databasesOf ?? options.services.map(({ name }) => name),
    bus: 'postgres',
  });
  const ports = new Map((await freePorts(portNames.length)).map((port, index) => [portNames[index] ?? '', port]));
  const identity = await startIdentity({
    port: 0,
    people: demoPeople,
    clients: { services: clientSecrets(environments) },
    dataDir: join(dir, 'identity'),
  });
  const clock = new FakeClock();
  if (options.now) clock.set(options.now);
  const urlOf = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
  const environmentOf = (name: string): NodeJS.ProcessEnv => ({
    ...environments.get(name),
    HOST: '127.0.0.1',
    PORT: String(ports.get(name)),
    OIDC_ISSUER: identity.issuer,
    RECEIPT_ISSUER: urlOf('intake'),
    CONSENT_URL: urlOf('consent'),
    TEAMS_TOLD_AT: teamsToldAt(
      urlOf,
      options.services.map(({ name }) => name),
    ),
    ...stageSettings,
    LOG_LEVEL: options.logLevel ?? 'fatal',
    ...options.environment,
  });

  const running = new Map<string, RunningService>();
  const start = async (name: string): Promise<RunningService> => {
    const definition = options.services.find((service) => service.name === name);
    if (!definition) throw new Error(`${name} is not on this stage`);
    const environment = environmentOf(name);
    const log = options.logTo && createLog(name, String(environment.LOG_LEVEL), { write: options.logTo });
    const service = await startService(definition, { environment, clock, ...(log ? { log } : {}) });
    running.set(name, service);
    return service;
  };
  const stop = async (name: string): Promise<void> => {
    const service = running.get(name);
    running.delete(name);
    await service?.stop();
  };

  const processes: ServiceProcess[] = [];
  const startProcess = async (name: string): Promise<string> => {
    const port = await freePort();
    const environment = { ...process.env, ...environmentOf(name), PORT: String(port), LOG_LEVEL: 'info' };
    const spawned = await spawnService({ name, environment, logFile: join(dir, `${name}-${port}.log`) });
    processes.push(spawned);
    await spawned.untilReady();
    return `http://127.0.0.1:${port}`;
  };

  const tokens = createTokens(identity.issuer, environments);
  const log = openPostgresEventStore({ url: String(environments.get('audit')?.EVENT_STORE_URL) });
  const pools = new Map<string, pg.Pool>();
  const poolOf = (url: string): pg.Pool => {
    const pool = pools.get(url) ?? new pg.Pool({ connectionString: url, max: 2 });
    if (!pools.has(url)) pool.on('error', () => undefined);
    pools.set(url, pool);
    return pool;
  };
  const adminUrlOf = (database: string): string => {
    const url = new URL(adminUrl);
    url.pathname = `/${prefix}_${database}`;
    return url.toString();
  };
  const buses: Bus[] = [];
  for (const { name } of options.services) await start(name);

  return {
    clock,
    log,
    start,
    stop,
    startProcess,
    environmentOf,
    eventStoreAdminUrl: adminUrlOf('events'),
    keysAdminUrlOf: (service) => adminUrlOf(`${service}_keys`),
    token: tokens,
    idOf: (username) => demoPeople.find((person) => person.username === username)?.id ?? unknownPerson(username),
    running: (name) => running.get(name) ?? unknownPerson(name),
    ask: async (service, method, path, asked = {}) => {
      const token = asked.token ?? (asked.as === undefined ? undefined : await tokens(asked.as));
      const response = await fetch(`${urlOf(service)}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'POST'
            ? { 'content-type': 'application/json', 'idempotency-key': asked.key ?? randomUUID() }
            : {}),
          ...asked.headers,
        },
        ...(method === 'POST' ? { body: JSON.stringify(asked.body ?? {}) } : {}),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') ?? false;
      return { status: response.status, headers: response.headers, body: json && text ? JSON.parse(text) : text };
    },
    query: async (service, sql, values) => {
      const client = await poolOf(String(environments.get(service)?.DATABASE_URL)).connect();
      try {
        await client.query(findsLiveViews);
        return (await client.query(sql, values)).rows;
      } finally {
        client.release();
      }
    },
    queryKeys: async (service, sql, values) => (await poolOf(adminUrlOf(`${service}_keys`)).query(sql, values)).rows,
    busOf: (service) => {
      const bus = openPostgresBus({
        url: String(environments.get(service)?.BUS_URL),
        log: createLog('stage', 'silent'),
      });
      buses.push(bus);
      return bus;
    },
    close: async () => {
      await Promise.all(processes.map((each) => each.kill()));
      for (const name of [...running.keys()]) await stop(name);
      await Promise.all([
        log.close(),
        identity.stop(),
        ...buses.map((bus) => bus.close()),
        ...[...pools.values()].map((pool) => pool.end()),
      ]);
      await dropAll(adminUrl, prefix);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The tables of views lie in schemas of their own; the newest version first, as a service of this release looks for them. */
const findsLiveViews = `
  SELECT set_config('search_path', concat_ws(', ', 'public', string_agg(quote_ident(nspname), ', ' ORDER BY nspname DESC)), false)
  FROM pg_namespace WHERE nspname ~ '_v[0-9]+$'`;

const unknownPerson = (name: string): never => {
  throw new Error(`${name} is not on this stage`);
};

async function dropAll(adminUrl: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows: databases } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE datname LIKE $1',
    [`${prefix}\\_%`],
  );
  for (const { datname } of databases) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
  const { rows: roles } = await client.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname LIKE $1',
    [`${prefix}\\_%`],
  );
  for (const { rolname } of roles) await client.query(`DROP ROLE "${rolname}"`);
  await client.end();
}
