import { str } from 'envalid';
import kafkajs from 'kafkajs';
import { ConfigError, kafkaOptions, kafkaVariables, readEnvironment } from '@waymark/service-kit';
import { applyKafkaRights } from './apply-kafka-rights.js';
import { kafkaRights } from './kafka-rights.js';

const variables = {
  ...kafkaVariables,
  DATABASE_PREFIX: str({ default: 'waymark', desc: 'put before every user, as before databases and roles' }),
};

/** Gives each service's Kafka user what the service declares to publish and consume, takes the rest, and ends. Safe to repeat. */
async function main(): Promise<void> {
  const settings = readEnvironment('kafka rights', process.env, variables);
  if (!settings.KAFKA_BROKERS) throw new ConfigError('kafka rights cannot start: KAFKA_BROKERS: is missing');
  const { brokers, ssl, sasl } = kafkaOptions(settings);
  const rights = kafkaRights(settings.KAFKA_PREFIX, settings.DATABASE_PREFIX);
  const admin = new kafkajs.Kafka({
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  }).admin();
  try {
    await admin.connect();
    const { given, taken } = await applyKafkaRights(admin, rights);
    for (const [user, those] of rights)
      for (const { resource, name, operations } of those)
        process.stdout.write(`${user} may ${operations.join(', ')} ${resource} ${name}\n`);
    process.stdout.write(`${given} given, ${taken} taken.\n`);
  } catch (error) {
    if (!(error instanceof kafkajs.KafkaJSError)) throw error;
    throw new ConfigError(`kafka rights: KAFKA_BROKERS: ${error.message}`);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${String(text)}\n`);
  process.exitCode = 1;
}
