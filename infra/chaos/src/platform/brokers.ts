import { freePorts, type RunningKafka, startKafka, startKafkaCluster } from '@waymark/testing';

/** One broker, or a cluster of which nodes are struck in their turn. */
export interface Brokers {
  readonly addresses: readonly string[];
  /** So many at once: of one broker that one. */
  kill(howMany?: number): Promise<void>;
  /** Brings back what was killed or wiped, and resolves when all is whole again. */
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
  let last = 0;
  let struck: readonly number[] = [];
  const strike = (howMany: number): readonly number[] =>
    (struck = Array.from({ length: howMany }, () => (last = (last % count) + 1)));
  const all = async (work: (node: number) => Promise<void>, nodes: readonly number[]): Promise<void> => {
    await Promise.all(nodes.map(work));
  };
  return {
    addresses: cluster.brokers,
    kill: (howMany = 1) => all(cluster.kill, strike(howMany)),
    start: () => all(cluster.start, struck),
    wipe: () => all(cluster.wipe, strike(1)),
    remove: () => cluster.remove(),
  };
}
