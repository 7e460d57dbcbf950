import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { bool, EnvError, makeValidator, num, str } from 'envalid';
import type { KafkaOptions } from '@waymark/messaging';
import { ConfigError } from './config-error.js';

const brokers = makeValidator<string>((value) => {
  if (!value.split(',').every((broker) => /^[^\s:,/]+:\d{1,5}$/.test(broker)))
    throw new EnvError('must be host:port, several separated by commas');
  return value;
});

const count = makeValidator<number>((value) => {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new EnvError('must be a whole number from 1');
  return Number(value);
});

/** How a service reaches Kafka, and what its topics are made with. */
export const kafkaVariables = {
  KAFKA_BROKERS: brokers({ default: undefined, desc: 'brokers as host:port,host:port, when BUS is kafka' }),
  KAFKA_PREFIX: str({ default: '', desc: 'put before topics and groups, where platforms share a Kafka cluster' }),
  KAFKA_SESSION_TIMEOUT_MS: num({
    default: 30_000,
    desc: 'a process that Kafka has not heard of for so long gives its share of the topics to others',
  }),
  KAFKA_PARTITIONS: count({ default: 6, desc: 'partitions of each topic; never changed for one that is there' }),
  KAFKA_REPLICATION_FACTOR: count({ default: 1, desc: 'brokers that hold each topic; 3 in production' }),
  KAFKA_TLS: bool({ default: false, desc: 'speak TLS with the brokers' }),
  KAFKA_TLS_CA_FILE: str({ default: undefined, desc: 'certificate authority of the brokers, PEM; else those known' }),
  KAFKA_USERNAME: str({ default: undefined, desc: 'name for SASL/SCRAM-SHA-512' }),
  KAFKA_PASSWORD: str({ default: undefined, desc: 'its password' }),
  KAFKA_PASSWORD_FILE: str({ default: undefined, desc: 'file with its password, in place of KAFKA_PASSWORD' }),
};

/** Read from the variables above; what is not set is absent. */
export interface KafkaSettings {
  readonly KAFKA_BROKERS?: string | undefined;
  readonly KAFKA_SESSION_TIMEOUT_MS: number;
  readonly KAFKA_PARTITIONS: number;
  readonly KAFKA_REPLICATION_FACTOR: number;
  readonly KAFKA_TLS: boolean;
  readonly KAFKA_TLS_CA_FILE?: string | undefined;
  readonly KAFKA_USERNAME?: string | undefined;
  readonly KAFKA_PASSWORD?: string | undefined;
  readonly KAFKA_PASSWORD_FILE?: string | undefined;
}

/** Throws a `ConfigError` that names the variable, never a value. */
export function kafkaOptions(settings: KafkaSettings): Omit<KafkaOptions, 'clientId' | 'log'> {
  return {
    brokers: (settings.KAFKA_BROKERS ?? '').split(','),
    sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT_MS,
    partitions: settings.KAFKA_PARTITIONS,
    replicationFactor: settings.KAFKA_REPLICATION_FACTOR,
    ...encryption(settings),
    ...credentials(settings),
  };
}

function encryption({ KAFKA_TLS, KAFKA_TLS_CA_FILE }: KafkaSettings): Pick<KafkaOptions, 'ssl'> {
  if (!KAFKA_TLS) {
    if (KAFKA_TLS_CA_FILE !== undefined) throw new ConfigError('KAFKA_TLS_CA_FILE: goes with KAFKA_TLS=true only');
    return {};
  }
  return { ssl: KAFKA_TLS_CA_FILE === undefined ? true : { ca: [contentOf('KAFKA_TLS_CA_FILE', KAFKA_TLS_CA_FILE)] } };
}

function credentials(settings: KafkaSettings): Pick<KafkaOptions, 'sasl'> {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD, KAFKA_PASSWORD_FILE } = settings;
  if (KAFKA_PASSWORD !== undefined && KAFKA_PASSWORD_FILE !== undefined)
    throw new ConfigError('KAFKA_PASSWORD_FILE: not beside KAFKA_PASSWORD');
  // Editors and `echo` end a file with a line feed, which no password does.
  const password =
    KAFKA_PASSWORD_FILE === undefined
      ? KAFKA_PASSWORD
      : contentOf('KAFKA_PASSWORD_FILE', KAFKA_PASSWORD_FILE).replace(/\r?\n$/, '');
  if (username === undefined && password === undefined) return {};
  if (username === undefined) throw new ConfigError('KAFKA_USERNAME: needed with a password');
  if (!password) throw new ConfigError('KAFKA_PASSWORD: needed with KAFKA_USERNAME, or KAFKA_PASSWORD_FILE');
  return { sasl: { mechanism: 'scram-sha-512', username, password } };
}

function contentOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? ` (${String(error.code)})` : '';
    throw new ConfigError(`${variable}: the file cannot be read${code}`);
  }
}
