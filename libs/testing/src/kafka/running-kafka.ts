export type StartKafkaOptions = {
  /** Holds data, settings and log; kept between starts. */
  readonly dir: string;
  readonly port: number;
  /** Where the broker tells its clients to come, such as a way with faults that leads to it; its own port unless given. */
  readonly advertisedPort?: number;
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
};
