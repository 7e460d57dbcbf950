import { freePorts, type RunningKafka, startKafka, startKafkaCluster } from '@waymark/testing';

/** One broker, or a cluster of which one node is struck at a time, each in its turn. */
export interface Brokers {
  readonly addresses: readonly string[];
  kill(): Promise<void>;
  /** Brings back what was killed or wiped. */
  start(): Promise<void>;
  wipe(): Promise<void>;
  remove(): Promise<void>;
}

export interface BrokersOptions {
  readonly dir: string;
  readonly count: number;
  /** Of the first broker, and where it tells its clients to come. */
  readonly port: number;
  readonly advertisedPort: number;
}

export const startBrokers = (options: BrokersOptions): Promise<Brokers> =>
  options.count === 1 ? startOne(options) : startSeveral(options);

async function startOne({ dir, port, advertisedPort }: BrokersOptions): Promise<Brokers> {
  const options = { dir, port, advertisedPort };
  let broker: RunningKafka = await startKafka(options);
  return {
    addresses: [`127.0.0.1:${advertisedPort}`],
    kill: () => broker.kill(),
    start: async () => void (broker = await startKafka(options)),
    wipe: () => broker.remove(),
    remove: () => broker.remove(),
  };
}

async function startSeveral({ dir, count, port, advertisedPort }: BrokersOptions): Promise<Brokers> {
  const cluster = await startKafkaCluster({
    dir,
    ports: [port, ...(await freePorts(count - 1))],
    advertised: new Map([[port, advertisedPort]]),
  });
  let struck = 0;
  const next = (): number => (struck = (struck % count) + 1);
  return {
    addresses: cluster.brokers,
    kill: () => cluster.kill(next()),
    start: () => cluster.start(struck),
    wipe: () => cluster.wipe(next()),
    remove: () => cluster.remove(),
  };
}
