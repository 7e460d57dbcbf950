import type { TestAuthority } from './test-authority.js';

export type StartKafkaOptions = {
  /** Holds data, settings and log; kept between starts. */
  readonly dir: string;
  readonly port: number;
  /** Clients must speak TLS and log in by SCRAM-SHA-512 as one of these. Needs Java. */
  readonly secure?: {
    readonly users: Readonly<Record<string, string>>;
    readonly authority: TestAuthority;
    /** With these users as the only ones to whom no ACL applies; without it, every user may do everything. */
    readonly superUsers?: readonly string[];
  };
  /** Where the broker tells its clients to come, such as a way with faults that leads to it; its own port unless given. */
  readonly advertisedPort?: number;
};

/** One of several brokers that are a cluster, each of them a controller too. */
export type ClusterNode = {
  readonly id: number;
  readonly controllerPort: number;
  /** Where the others come: the ways of clients may lead through faults. */
  readonly internalPort: number;
  /** `id@host:port` of every node's controller. */
  readonly voters: readonly string[];
};

export type RunningKafka = {
  readonly brokers: readonly string[];
  /** Orderly shutdown; a later start on the same folder and port finds everything again. */
  stop(): Promise<void>;
  /** As a crash would: `kill -9`. */
  kill(): Promise<void>;
  /** Kills it and deletes its data. */
  remove(): Promise<void>;
};

/** What a way of running Kafka hands back before the broker has been asked whether it is ready. */
export type StartedKafka = RunningKafka & {
  /** Rejects with the reason when the broker ends before anybody stopped it. */
  readonly failed: Promise<never>;
  /** Where readiness is asked for, when not at `brokers`: a listener that asks for no password. */
  readonly openAt?: readonly string[];
};
