import { dockerKafka } from './docker-kafka.js';
import { javaKafka } from './java-kafka.js';
import type { RunningKafka, StartKafkaOptions } from './running-kafka.js';
import { untilKafkaIsReady } from './kafka-readiness.js';
import { kafkaRuntime } from './kafka-runtime.js';

const READY_MS = 60_000;

/** Starts a real broker with whatever the machine has for it, and resolves when topics and groups work. */
export async function startKafka(options: StartKafkaOptions): Promise<RunningKafka> {
  const runtime = await kafkaRuntime();
  if (options.secure && runtime !== 'java') throw new Error('A broker with TLS and passwords needs Java 17 and Maven.');
  const kafka = runtime === 'java' ? await javaKafka(options) : await dockerKafka(options);
  try {
    await Promise.race([untilKafkaIsReady(kafka.openAt ?? kafka.brokers, READY_MS), kafka.failed]);
  } catch (error) {
    await kafka.kill();
    throw error;
  }
  return kafka;
}
