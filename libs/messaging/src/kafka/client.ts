import kafkajs, { type ISocketFactory, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';
import type { Log } from '../log.js';

export type { Kafka } from 'kafkajs';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: SASLOptions;
  /** Partitions of the topics this bus creates (default 6). */
  readonly partitions?: number;
  /** Replicas of the topics this bus creates (default 1); with three or more, two must have a message before it is acknowledged. */
  readonly replicationFactor?: number;
  /** A member that is not heard of for so long loses its partitions (default 30 s). */
  readonly sessionTimeoutMs?: number;
  /** How to reach a broker, when not directly. */
  readonly socketFactory?: ISocketFactory;
  readonly log: Log;
}

// kafkajs reports as errors what it then retries; what matters reaches the log through rejections and ended consumers.
const logTo =
  (log: Log) =>
  () =>
  ({ namespace, log: { message } }: LogEntry): void =>
    log.debug({ kafkajs: namespace }, message);

export function connectKafka(options: KafkaOptions): kafkajs.Kafka {
  const { brokers, clientId, ssl, sasl, socketFactory, log } = options;
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: logTo(log),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  };
  return new kafkajs.Kafka(config);
}
