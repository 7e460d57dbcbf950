import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { areKafkaJarsThere } from './kafka-jars.js';

const run = promisify(execFile);

/** What this machine can run a Kafka broker with. */
export type KafkaRuntime = 'java' | 'docker';

/** @throws Error that says what to install when there is nothing to run Kafka with */
export async function kafkaRuntime(): Promise<KafkaRuntime> {
  if ((await hasJava17()) && ((await areKafkaJarsThere()) || (await works('mvn', ['--version'])))) return 'java';
  if (await works('docker', ['info'])) return 'docker';
  throw new Error(
    'These tests need a Kafka broker and found nothing to run one with. Do one of these: ' +
      'install Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven); ' +
      'or start Docker; or set KAFKA_BROKERS=host:port to a broker of your own.',
  );
}

async function hasJava17(): Promise<boolean> {
  const version = await run('java', ['-version']).catch(() => undefined);
  const major = Number(/version "(\d+)/.exec(version?.stderr ?? '')?.[1]);
  return major >= 17;
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, [...args]).then(
    () => true,
    () => false,
  );
}
