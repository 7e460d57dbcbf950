import { spawn } from 'node:child_process';
import { eventually } from '@waymark/testing';

const script = `
import { connect } from 'node:net';
import pg from 'pg';
import { openPostgresEventStore } from '@waymark/event-store';
import { openKafkaBus, runRelay } from '@waymark/messaging';
const { EVENT_STORE_URL, DATABASE_URL, PROXY_PORT, TOPIC, CATEGORY } = process.env;
const say = (text) => process.stdout.write(text + '\\n');
const note = (_, text) => say(text);
const log = { debug: () => undefined, info: note, warn: note, error: note };
const bus = openKafkaBus({
  brokers: ['127.0.0.1:' + PROXY_PORT],
  clientId: 'relay',
  socketFactory: ({ onConnect }) => connect(Number(PROXY_PORT), '127.0.0.1', onConnect),
  log,
});
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 2 });
pool.on('error', () => undefined);
process.on('uncaughtException', (error) => say('crashed ' + error.stack));
runRelay({
  service: TOPIC,
  store: openPostgresEventStore({ url: EVENT_STORE_URL }),
  categories: [CATEGORY],
  topic: TOPIC,
  bus: {
    ...bus,
    publish: async (topic, messages) => {
      say('sending ' + messages.map(({ sequence }) => sequence));
      await bus.publish(topic, messages);
      say('sent ' + messages.map(({ sequence }) => sequence));
    },
  },
  pool,
  translate: ({ stream, data }) => ({
    type: 'test.something-happened.v1',
    subject: stream.slice(CATEGORY.length + 1),
    data,
  }),
  confirmEveryMs: 100,
  log,
});
`;

export interface RelayProcess {
  readonly pid: number;
  /** Resolves when the process has said it, since `after` lines. */
  untilSaid(text: string, options?: { readonly after?: number; readonly timeoutMs?: number }): Promise<void>;
  said(): readonly string[];
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
}

/** A relay as a process of its own, told everything by its environment. It dies with this one. */
export function startRelayProcess(environment: Readonly<Record<string, string>>): RelayProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...environment, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const said = (): readonly string[] => output.split('\n').slice(0, -1);
  return {
    pid: child.pid ?? 0,
    said,
    untilSaid: (text, { after = 0, timeoutMs = 30_000 } = {}) =>
      eventually(
        () => {
          if (!said().slice(after).includes(text)) throw new Error(`not said: ${text}. Said: ${said().join(' | ')}`);
        },
        { timeoutMs },
      ),
    signal: (signal) => void process.kill(child.pid ?? 0, signal),
    kill: async () => {
      process.off('exit', killNow);
      child.kill('SIGKILL');
      await ended;
    },
  };
}
