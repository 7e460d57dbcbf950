import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.js';
import { kafkaJars } from './kafka-jars.js';
import { clusterSettings, kafkaSettings, secureSettings } from './kafka-settings.js';
import { stopLeftoverKafka } from './leftover-kafka.js';
import type { ClusterNode, StartedKafka, StartKafkaOptions } from './running-kafka.js';

const run = promisify(execFile);

// Any id will do: each test broker is a cluster of its own.
const CLUSTER_ID = 'V2F5bWFya1Rlc3RzMDAwMQ';
const STOP_MS = 20_000;

/** One broker; `node`: as one of a cluster. */
export async function javaKafka(options: StartKafkaOptions, node?: ClusterNode): Promise<StartedKafka> {
  const { dir, port, secure } = options;
  const classpath = path.join(await kafkaJars(), '*');
  await mkdir(dir, { recursive: true });
  await stopLeftoverKafka(dir);

  const properties = path.join(dir, 'server.properties');
  const [controllerPort, openPort] = [await freePort(), await freePort()];
  const settings = {
    ...kafkaSettings(options, controllerPort),
    ...(secure ? secureSettings(port, controllerPort, openPort, secure) : {}),
    ...(node ? clusterSettings(options, node) : {}),
    'log.dirs': path.join(dir, 'data'),
  };
  await writeFile(
    properties,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  if (!existsSync(path.join(dir, 'data', 'meta.properties'))) await format(classpath, properties, secure?.users ?? {});

  const logFile = path.join(dir, 'kafka.log');
  const log = await open(logFile, 'a');
  const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classpath];
  // In a session of its own: Ctrl-C must not take it from the tests that are being stopped in order.
  const server = spawn('java', [...jvm, 'kafka.Kafka', properties], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const killNow = (): void => void server.kill('SIGKILL');
  process.once('exit', killNow);
  let wanted = true;
  const ended = new Promise<void>((resolve) => {
    server.once('exit', resolve);
    server.once('error', () => resolve());
  }).then(() => void process.off('exit', killNow));
  const failed = ended.then(async () => {
    if (!wanted) return new Promise<never>(() => {});
    throw await reasonIn(logFile, port);
  });
  failed.catch(() => {});
  if (server.pid) await writeFile(path.join(dir, 'kafka.pid'), String(server.pid));

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = false;
    if (server.exitCode === null && server.signalCode === null) server.kill(signal);
    const impatience = setTimeout(killNow, STOP_MS);
    await ended;
    clearTimeout(impatience);
  };
  return {
    brokers: [`127.0.0.1:${port}`],
    ...(secure ? { openAt: [`127.0.0.1:${openPort}`] } : {}),
    failed,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    remove: async () => {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function format(classpath: string, properties: string, users: Readonly<Record<string, string>>): Promise<void> {
  const scram = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  const storage = ['format', '--config', properties, '--cluster-id', CLUSTER_ID, '--ignore-formatted', ...scram];
  await run('java', ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.tools.StorageTool', ...storage]);
}

async function reasonIn(logFile: string, port: number): Promise<Error> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  if (/BindException|Address already in use/.test(log))
    return new Error(`Port ${port} is in use by another program; Kafka cannot start there.`);
  return new Error(`Kafka ended unasked. The end of ${logFile}:\n${log.split('\n').slice(-20).join('\n')}`);
}
