import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { KAFKA_VERSION } from './kafka-jars.js';
import { kafkaSettings } from './kafka-settings.js';
import type { StartedKafka, StartKafkaOptions } from './running-kafka.js';

const run = promisify(execFile);

// Inside the container nothing else can hold it.
const CONTROLLER_PORT = 9093;

/**
 * The data stay in the container, which is named after the folder and kept until `remove`: files in a
 * mounted folder would belong to the image's user, and the tests could not delete them.
 */
export async function dockerKafka(options: StartKafkaOptions): Promise<StartedKafka> {
  const { dir, port } = options;
  await mkdir(dir, { recursive: true });
  const name = `waymark-kafka-${createHash('sha256').update(path.resolve(dir)).digest('hex').slice(0, 12)}`;
  const settings = { ...kafkaSettings(options, CONTROLLER_PORT, '0.0.0.0'), 'log.dirs': '/tmp/kafka-data' };
  const environment = Object.entries(settings).flatMap(([key, value]) => [
    '-e',
    `KAFKA_${key.toUpperCase().replaceAll('.', '_')}=${value}`,
  ]);
  await run('docker', ['start', name]).catch(() =>
    run('docker', [
      'run',
      '--detach',
      '--name',
      name,
      '--publish',
      `127.0.0.1:${port}:${port}`,
      ...environment,
      `apache/kafka:${KAFKA_VERSION}`,
    ]),
  );

  let wanted = true;
  const failed = run('docker', ['wait', name]).then(async () => {
    if (!wanted) return new Promise<never>(() => {});
    const { stdout, stderr } = await run('docker', ['logs', '--tail', '20', name]);
    throw new Error(`Kafka ended unasked in container ${name}:\n${stdout}${stderr}`);
  });
  failed.catch(() => {});
  const end = async (...command: readonly string[]): Promise<void> => {
    wanted = false;
    // A container that is not running cannot be stopped, and need not be.
    await run('docker', [...command, name]).catch(() => undefined);
  };
  return {
    brokers: [`127.0.0.1:${port}`],
    failed,
    stop: () => end('stop', '--time', '20'),
    kill: () => end('kill'),
    remove: () => end('rm', '--force', '--volumes'),
  };
}
