import { cleanEnv, EnvError, host, makeValidator, num, port, str, url, type CleanedEnv, type Spec } from 'envalid';
import { ConfigError } from './config-error.js';
import { edgeVariables } from './edge/edge-settings.js';
import { metricsVariables } from './edge/metrics-readers.js';
import { factVariables } from './fact-settings.js';
import { identityVariables } from './identity-settings.js';
import { fromOne } from './from-one.js';
import { fromFiles } from './secret-files.js';
import { kafkaVariables } from './kafka-settings.js';
import { keyVariables } from './key-settings.js';
import { environmentOfItself } from './service-name.js';

export { CannotReach, ConfigError } from './config-error.js';
export { kafkaOptions, kafkaVariables } from './kafka-settings.js';

/** A URL, or the connection string of a KurrentDB cluster, which names several hosts and so is none. */
const eventStoreUrl = makeValidator<string>((value) => {
  if (!URL.canParse(value) && !/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/.test(value))
    throw new EnvError('must be a URL');
  return value;
});

/** The settings that every service has; each is an environment variable. */
const common = {
  HOST: host({ default: '0.0.0.0', desc: 'address to listen on' }),
  PORT: port({ desc: 'port to listen on' }),
  DATABASE_URL: url({ desc: "the service's own PostgreSQL database" }),
  KEYS_DATABASE_URL: url({ desc: 'the PostgreSQL database of its data keys, which holds nothing else' }),
  EVENT_STORE: str({ choices: ['postgres', 'kurrentdb'], default: 'postgres', desc: 'kind of event store' }),
  EVENT_STORE_URL: eventStoreUrl({ desc: "the event store, with the service's own credentials" }),
  BUS: str({ choices: ['kafka', 'postgres'], default: 'kafka', desc: 'kind of bus' }),
  BUS_URL: url({ default: undefined, desc: 'database of the bus, when BUS is postgres' }),
  ...kafkaVariables,
  MESSAGE_GAP_WAIT_SECONDS: num({
    default: 60,
    desc: 'how long a message waits for one that is missing before it, until that is an alarm',
  }),
  ...factVariables,
  ...identityVariables,
  ANSWERS_KEPT_DAYS: fromOne({ default: 30, desc: 'how long the answer to an Idempotency-Key is given again' }),
  RECEIPT_ISSUER: url({ desc: 'address of the intake service, which issues receipt sessions' }),
  SERVICE_CLIENT_SECRET: str({ desc: "secret of the service's own client, such as `waymark-referral`, at the issuer" }),
  ...keyVariables,
  SECRET_FILE: str({ desc: "file with the service's secret, readable by the service only" }),
  LOG_LEVEL: str({ choices: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], default: 'info' }),
  ...edgeVariables,
  ...metricsVariables,
};

/** What is needed to fold a service's views without running the service. */
export const viewSettings = {
  DATABASE_URL: common.DATABASE_URL,
  KEYS_DATABASE_URL: common.KEYS_DATABASE_URL,
  EVENT_STORE_URL: common.EVENT_STORE_URL,
  ...keyVariables,
  SECRET_FILE: common.SECRET_FILE,
};

/** What is needed to look after a service's keys without running the service. */
export const keyCareSettings = {
  DATABASE_URL: common.DATABASE_URL,
  KEYS_DATABASE_URL: common.KEYS_DATABASE_URL,
  EVENT_STORE: common.EVENT_STORE,
  EVENT_STORE_URL: common.EVENT_STORE_URL,
  ...keyVariables,
};

export type Settings = CleanedEnv<typeof common>;
export type OwnSettings = Readonly<Record<string, Spec<unknown> & { _parse: (input: string) => unknown }>>;

/** Reads and checks the settings of a service from an environment; `own` are those that only it has. */
export function readSettings<Own extends object>(
  service: string,
  environment: NodeJS.ProcessEnv,
  own: Own,
): Settings & CleanedEnv<Own> {
  const settings = readEnvironment(service, environment, { ...environmentOfItself(service), ...common, ...own });
  const missing = settings.BUS === 'kafka' ? 'KAFKA_BROKERS' : 'BUS_URL';
  if (!settings[missing])
    throw new ConfigError(`${service} cannot start: ${missing}: needed when BUS is ${settings.BUS}`);
  return settings;
}

/** Reads and checks an environment against its specification; every variable `X` may stand in a file named by `X_FILE` instead. */
export const readEnvironment = <Specs extends object>(
  program: string,
  environment: NodeJS.ProcessEnv,
  specs: Specs,
): CleanedEnv<Specs> =>
  cleanEnv(fromFiles(environment, Object.keys(specs)), specs, { reporter: ({ errors }) => report(program, errors) });

function report(service: string, errors: Partial<Record<string, Error>>): void {
  const lines = Object.entries(errors).map(([name, error]) => `${name}: ${rule(error)}`);
  if (lines.length > 0) throw new ConfigError(`${service} cannot start: ${lines.join('; ')}`);
}

/** envalid's message without the value that was given. */
const rule = (error: Error | undefined): string =>
  error?.name === 'EnvMissingError'
    ? 'is missing'
    : (error?.message ?? 'is wrong').replace(/"[^"]*"/g, 'the value given');
