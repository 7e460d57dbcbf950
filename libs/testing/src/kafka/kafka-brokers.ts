import { KAFKA_DISPENSER_URL } from '../environment.js';

/**
 * The brokers for this test run: `KAFKA_BROKERS` (a comma list) when set, else one real broker,
 * started when the first test asks and shared by all, so choose topic and group names of your own.
 */
export async function kafkaBrokers(): Promise<readonly string[]> {
  const given = process.env['KAFKA_BROKERS'];
  if (given) return given.split(',').map((broker) => broker.trim());
  const dispenser = process.env[KAFKA_DISPENSER_URL];
  if (!dispenser)
    throw new Error(
      `${KAFKA_DISPENSER_URL} is not set: run tests with "node tools/test.mjs", which starts Kafka for them.`,
    );
  const response = await fetch(dispenser);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text.split(',');
}
