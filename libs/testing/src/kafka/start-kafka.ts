import { dockerKafka } from './docker-kafka.js';
import { javaKafka } from './java-kafka.js';
import { untilKafkaIsReady } from './kafka-readiness.js';
import { kafkaRuntime } from './kafka-runtime.js';

export type StartKafkaOptions = {
  /** Holds data, settings and log; kept between starts. */
  readonly dir: string;
  readonly port: number;
};

export type RunningKafka = {
  readonly brokers: readonly string[];
  /** Orderly shutdown; a later start on the same folder and port finds everything again. */
  stop(): Promise<void>;
  /** As a crash would: `kill -9`. */
  kill(): Promise<void>;
  /** Kills it and deletes its data. */
  remove(): Promise<void>;
};

/** What a way of running Kafka hands back before the broker has been asked whether it is ready. */
export type StartedKafka = RunningKafka & {
  /** Rejects with the reason when the broker ends before anybody stopped it. */
  readonly failed: Promise<never>;
};

const READY_MS = 60_000;

/** Starts a real broker with whatever the machine has for it, and resolves when topics and groups work. */
export async function startKafka(options: StartKafkaOptions): Promise<RunningKafka> {
  const runtime = await kafkaRuntime();
  const kafka = runtime === 'java' ? await javaKafka(options) : await dockerKafka(options);
  try {
    await Promise.race([untilKafkaIsReady(kafka.brokers, READY_MS), kafka.failed]);
  } catch (error) {
    await kafka.kill();
    throw error;
  }
  return kafka;
}
