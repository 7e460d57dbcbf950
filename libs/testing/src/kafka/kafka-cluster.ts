import { rm } from 'node:fs/promises';
import path from 'node:path';
import { freePorts } from '../free-port.js';
import { javaKafka } from './java-kafka.js';
import { untilKafkaIsReady } from './kafka-readiness.js';
import { kafkaRuntime } from './kafka-runtime.js';
import type { ClusterNode, StartedKafka } from './running-kafka.js';

export type KafkaClusterOptions = {
  /** Holds a folder for each node; kept between starts. */
  readonly dir: string;
  /** Of each node, where its clients come. */
  readonly ports: readonly number[];
  /** Where the node with this port tells its clients to come, such as a way with faults; its own port unless given. */
  readonly advertised?: ReadonlyMap<number, number>;
};

/** Brokers that hold every partition each; what is acknowledged lies on two of them at least. Nodes are numbered from 1. */
export type KafkaCluster = {
  readonly brokers: readonly string[];
  /** As a crash would: `kill -9`. */
  kill(node: number): Promise<void>;
  /** Resolves when the cluster is whole again. */
  start(node: number): Promise<void>;
  /** Kills it and deletes its data: what it held lies on the others. */
  wipe(node: number): Promise<void>;
  /** Kills all and deletes their data. */
  remove(): Promise<void>;
};

const READY_MS = 120_000;

/** Starts a real cluster, a process per node, and resolves when topics and groups work. Needs Java 17 and Maven. */
export async function startKafkaCluster({ dir, ports, advertised }: KafkaClusterOptions): Promise<KafkaCluster> {
  if ((await kafkaRuntime()) !== 'java') throw new Error('A cluster of brokers needs Java 17 and Maven.');
  const others = await freePorts(ports.length * 2);
  const voters = ports.map((_port, index) => `${index + 1}@127.0.0.1:${others[index]}`);
  const nodes = ports.map((port, index) => {
    const [controllerPort = 0, internalPort = 0] = [others[index], others[ports.length + index]];
    const node: ClusterNode = { id: index + 1, controllerPort, internalPort, voters };
    return {
      node,
      options: { dir: path.join(dir, `node-${index + 1}`), port, advertisedPort: advertised?.get(port) ?? port },
    };
  });
  const brokers = nodes.map(({ options }) => `127.0.0.1:${options.advertisedPort}`);
  const running = new Map<number, StartedKafka>();
  const launch = async ({ node, options }: (typeof nodes)[number]): Promise<StartedKafka> => {
    const started = await javaKafka(options, node);
    running.set(node.id, started);
    return started;
  };
  const remove = async (): Promise<void> => {
    await Promise.all([...running.values()].map((node) => node.remove()));
    await rm(dir, { recursive: true, force: true });
  };
  const whole = (failing: readonly StartedKafka[], at: readonly string[]): Promise<void> =>
    Promise.race([untilKafkaIsReady(at, READY_MS), ...failing.map(({ failed }) => failed)]);
  try {
    await whole(await Promise.all(nodes.map(launch)), brokers);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    brokers,
    kill: async (id) => running.get(id)?.kill(),
    start: async (id) => {
      const found = nodes.find(({ node }) => node.id === id);
      if (!found) throw new Error(`the cluster has no node ${id}`);
      // A topic of as many replicas as there are nodes can be made when all of them take part.
      await whole([await launch(found)], [`127.0.0.1:${found.options.advertisedPort}`]);
    },
    wipe: async (id) => running.get(id)?.remove(),
    remove,
  };
}
