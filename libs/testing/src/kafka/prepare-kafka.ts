import { areKafkaJarsThere, kafkaJars } from './kafka-jars.js';
import { kafkaRuntime } from './kafka-runtime.js';

/**
 * Fetches what a broker needs before the tests begin, so that no test has to wait for a download.
 *
 * @throws Error that says what to install when there is nothing to run Kafka with
 */
export async function prepareKafka(log: (line: string) => void): Promise<void> {
  if (process.env['KAFKA_BROKERS']) return;
  if ((await kafkaRuntime()) !== 'java' || (await areKafkaJarsThere())) return;
  log('Fetching Kafka with Maven, once for this machine ...');
  await kafkaJars();
}
