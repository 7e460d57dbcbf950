import { spawn } from 'node:child_process';

const script = `
import { DataSource } from 'typeorm';
import { openKafkaBus, openPostgresBus, runConsumer } from '@waymark/messaging';
const { DATABASE_URL, BUS_URL, KAFKA_BROKERS, TOPIC, ATTEMPTS } = process.env;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const bus = BUS_URL
  ? openPostgresBus({ url: BUS_URL, log })
  : openKafkaBus({ brokers: KAFKA_BROKERS.split(','), clientId: 'deadly', sessionTimeoutMs: 6000, log });
const dataSource = await new DataSource({ type: 'postgres', url: DATABASE_URL }).initialize();
runConsumer({
  bus,
  group: TOPIC,
  topics: [TOPIC],
  dataSource,
  handlers: {
    'test.something-happened.v1': async ({ subject, sequence }, { manager }) => {
      await manager.query('insert into effects (subject, sequence) values ($1, $2)', [subject, sequence]);
      if (subject === 'deadly') process.kill(process.pid, 'SIGKILL');
    },
  },
  retries: { attempts: Number(ATTEMPTS) },
  sweepEveryMs: 50,
  onDecision: async () => undefined,
  log,
});
`;

export interface ConsumerProcess {
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(): Promise<unknown>;
}

/** A consumer as a process of its own; whatever is about `deadly` kills it in the middle of its handler. It dies with this one. */
export function startConsumerProcess(environment: NodeJS.ProcessEnv): ConsumerProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...environment, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  return {
    ended,
    kill: () => {
      process.off('exit', killNow);
      killNow();
      return ended;
    },
  };
}
