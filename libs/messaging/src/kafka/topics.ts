import type { Admin, Kafka } from 'kafkajs';
import { within } from '../waiting.js';

const pingWithinMs = 5_000;

/** The administrative side: declared topics, and whether the brokers answer. */
export class Topics {
  private admin: Promise<Admin> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly partitions: number,
    private readonly replicationFactor: number,
  ) {}

  async ensure(topics: readonly string[]): Promise<void> {
    await this.ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      for (const topic of topics) {
        // Resolves to false when somebody else was faster.
        if (!existing.has(topic)) await admin.createTopics({ waitForLeaders: true, topics: [this.declare(topic)] });
      }
    });
  }

  async size(topic: string): Promise<bigint | undefined> {
    return this.ask(async (admin) => {
      if (!(await within(pingWithinMs, admin.listTopics())).includes(topic)) return undefined;
      const ends = await within(pingWithinMs, admin.fetchTopicOffsets(topic));
      return ends.reduce((sum, { high }) => sum + BigInt(high), 0n);
    });
  }

  async ping(): Promise<void> {
    await this.ask((admin) => within(pingWithinMs, admin.describeCluster()));
  }

  async close(): Promise<void> {
    const dropped = this.admin;
    this.admin = undefined;
    await dropped?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  private declare(topic: string) {
    return {
      topic,
      numPartitions: this.partitions,
      replicationFactor: this.replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        // A group that is new tomorrow gets everything from the start.
        { name: 'retention.ms', value: '-1' },
        { name: 'min.insync.replicas', value: this.replicationFactor >= 3 ? '2' : '1' },
        { name: 'unclean.leader.election.enable', value: 'false' },
      ],
    };
  }

  private async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    try {
      const admin = await (this.admin ??= this.connect());
      return await question(admin);
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await within(pingWithinMs, admin.connect());
    return admin;
  }
}
