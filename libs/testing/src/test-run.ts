import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { LocalPostgresError, startPostgres } from '@waymark/local-postgres';
import { runFolderPrefix, sweepAbandonedRuns } from './abandoned-runs.js';
import { KAFKA_DISPENSER_URL, POSTGRES_LOG, POSTGRES_URL, TEST_RUN } from './environment.js';
import { freePort } from './free-port.js';
import { startKafkaDispenser } from './kafka/kafka-dispenser.js';
import { killProcessesOf } from './run-processes.js';

export type TestRun = { end(): Promise<void> };

/**
 * Starts what every test run needs, in a temporary folder of its own so that runs do not meet, and
 * tells the workers through the environment. Nothing stays behind, also when the run is interrupted.
 */
export async function beginTestRun(): Promise<TestRun> {
  await sweepAbandonedRuns();
  const folder = await mkdtemp(runFolderPrefix());
  const closing: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => (ending ??= endInReverse(closing));
  endOnSignal(end);
  closing.push(() => killProcessesOf(folder));
  process.env[TEST_RUN] = folder;

  const postgres = await startOnFreePort(folder);
  closing.push(() => postgres.stop());
  process.env[POSTGRES_URL] = postgres.url();
  const dispenser = await startKafkaDispenser(path.join(folder, 'kafka'));
  closing.push(() => dispenser.close());
  process.env[KAFKA_DISPENSER_URL] = dispenser.url;
  // What tests put into temporary folders goes with the run as well.
  process.env['TMPDIR'] = path.join(folder, 'tmp');
  await mkdir(process.env['TMPDIR']);
  return { end };
}

async function startOnFreePort(folder: string, triesLeft = 3): ReturnType<typeof startPostgres> {
  try {
    const superuserPassword = 'only-for-tests';
    return await startPostgres({
      ...{ dataDir: path.join(folder, 'postgres'), port: await freePort(), superuserPassword, durable: false },
      log: (line) => appendFileSync(path.join(folder, POSTGRES_LOG), `${line}\n`),
    });
  } catch (error) {
    // Between asking for a free port and listening on it, another run may have taken it.
    const taken = error instanceof LocalPostgresError && error.code === 'PORT_IN_USE';
    if (!taken || triesLeft === 0) throw error;
    return startOnFreePort(folder, triesLeft - 1);
  }
}

async function endInReverse(closing: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of [...closing].reverse()) await close();
}

// jest dies of a signal without its teardown. Further signals change nothing: the first one is being obeyed.
function endOnSignal(end: () => Promise<void>): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => void end().finally(() => process.exit(128 + constants.signals[name])));
  }
}
