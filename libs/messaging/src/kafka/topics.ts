import kafkajs, { type Admin, type ITopicConfig, type ITopicMetadata, type Kafka } from 'kafkajs';
import { WrongTopics, type PartitionLag, type TopicDeclaration } from '../port.js';
import { within } from '../waiting.js';

const pingWithinMs = 5_000;
const dayMs = 86_400_000;

/** What holds for every topic of an installation. */
export interface TopicSettings {
  readonly partitions: number;
  readonly replicationFactor: number;
}

type Declared = Required<Pick<ITopicConfig, 'topic' | 'numPartitions' | 'replicationFactor'>> & {
  readonly configEntries: { readonly name: string; readonly value: string }[];
};

/** Everything that matters of a topic is said when it is made; nothing is left to the broker's defaults. */
function declare(declaration: string | TopicDeclaration, { partitions, replicationFactor }: TopicSettings): Declared {
  const { name, keep } =
    typeof declaration === 'string' ? { name: declaration, keep: 'for-ever' as const } : declaration;
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: keep === 'for-ever' ? '-1' : String(keep.days * dayMs) },
      { name: 'retention.bytes', value: '-1' },
      { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
      { name: 'unclean.leader.election.enable', value: 'false' },
    ],
  };
}

/** The administrative side: declared topics, how far groups are, and whether the brokers answer. */
export class Topics {
  private admin: Promise<Admin> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly settings: TopicSettings,
  ) {}

  async ensure(declarations: readonly (string | TopicDeclaration)[]): Promise<void> {
    const declared = declarations.map((declaration) => declare(declaration, this.settings));
    await this.ask(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = declared.filter(({ topic }) => !existing.has(topic));
      // Resolves to false when somebody else was faster.
      for (const topic of missing) {
        await admin.createTopics({ waitForLeaders: true, topics: [topic] }).catch((error: unknown) => {
          throw reasonFor(topic.topic, error);
        });
      }
      const faults = await faultsOf(
        admin,
        declared.filter(({ topic }) => existing.has(topic)),
      );
      if (faults.length > 0) throw new WrongTopics(faults.join('; '));
    });
  }

  /** Offsets behind the end, per partition; everything where the group has committed nothing yet. */
  async lag(group: string, topics: readonly string[]): Promise<readonly PartitionLag[]> {
    return this.ask(async (admin) => {
      const committed = await within(pingWithinMs, admin.fetchOffsets({ groupId: group, topics: [...topics] }));
      const lags = committed.map(async ({ topic, partitions }) => {
        const ends = await within(pingWithinMs, admin.fetchTopicOffsets(topic));
        return ends.map(({ partition, high, low }) => {
          const offset = partitions.find((one) => one.partition === partition)?.offset ?? '-1';
          const from = offset === '-1' ? Number(low) : Math.max(Number(low), Number(offset));
          return { topic, partition, behind: Math.max(0, Number(high) - from) };
        });
      });
      return (await Promise.all(lags)).flat();
    });
  }

  async ends(topic: string): Promise<ReadonlyMap<number, bigint> | undefined> {
    return this.ask(async (admin) => {
      if (!(await within(pingWithinMs, admin.listTopics())).includes(topic)) return undefined;
      const ends = await within(pingWithinMs, admin.fetchTopicOffsets(topic));
      return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
    });
  }

  async missing(topics: readonly string[]): Promise<readonly string[]> {
    const there = await this.ask((admin) => within(pingWithinMs, admin.listTopics()));
    return topics.filter((topic) => !there.includes(topic));
  }

  async ping(): Promise<void> {
    await this.ask((admin) => within(pingWithinMs, admin.describeCluster()));
  }

  async close(): Promise<void> {
    const dropped = this.admin;
    this.admin = undefined;
    await dropped?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  private async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    try {
      const admin = await (this.admin ??= this.connect());
      return await question(admin);
    } catch (error) {
      if (!(error instanceof WrongTopics)) void this.close();
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await within(pingWithinMs, admin.connect());
    return admin;
  }
}

/** kafkajs says "Topic creation errors", and why in errors of their own. */
function reasonFor(topic: string, error: unknown): unknown {
  if (!(error instanceof kafkajs.KafkaJSAggregateError)) return error;
  const reasons = error.errors.map((one) => (typeof one === 'string' ? one : one.message));
  return new WrongTopics(`topic ${topic} cannot be made: ${reasons.join(', ')}`);
}

/** What of the topics that were there before is not as declared, in words for an administrator. */
async function faultsOf(admin: Admin, declared: readonly Declared[]): Promise<readonly string[]> {
  if (declared.length === 0) return [];
  const names = declared.map(({ topic }) => topic);
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  return declared.flatMap((declaration) => {
    const configured = resources.find(({ resourceName }) => resourceName === declaration.topic)?.configEntries ?? [];
    const of = (name: string) => configured.find(({ configName }) => configName === name)?.configValue;
    const differences = [
      ...shapeFaults(
        topics.find(({ name }) => name === declaration.topic),
        declaration,
      ),
      ...declaration.configEntries
        .filter(({ name, value }) => of(name) !== value)
        .map(({ name, value }) => `${name} is ${of(name) ?? 'unknown'}, declared ${value}`),
    ];
    return differences.length > 0 ? [`topic ${declaration.topic}: ${differences.join(', ')}`] : [];
  });
}

function shapeFaults(topic: ITopicMetadata | undefined, { numPartitions, replicationFactor }: Declared): string[] {
  const partitions = topic?.partitions ?? [];
  const fewest = Math.min(...partitions.map(({ replicas }) => replicas.length));
  return [
    ...(partitions.length === numPartitions
      ? []
      : [`partitions are ${partitions.length}, declared ${numPartitions}: another number breaks the order`]),
    ...(fewest >= replicationFactor ? [] : [`replicas are ${fewest}, declared ${replicationFactor}`]),
  ];
}
