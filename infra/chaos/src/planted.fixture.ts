import kafkajs from 'kafkajs';
import { eventually } from '@waymark/testing';
import type { Account } from './checker/account.js';
import { asking, judge } from './checker/check.js';
import type { Evidence, Published } from './checker/evidence.js';
import type { BrokenPromise } from './checker/finding.js';
import { readLog, type Ask } from './checker/read-log.js';
import { readTables } from './checker/read-tables.js';
import { readTopics } from './checker/read-topics.js';
import type { Platform } from './platform/platform.js';

/** Plants faults in what a run has left, has the checker look, and takes them out again. */
export class Plantation {
  private topics = 0;

  constructor(
    private readonly platform: Platform,
    private readonly account: Account,
    private readonly evidence: Evidence,
  ) {}

  /** The promises that are broken by what these statements do to the log, which its owner can do only by force. */
  async inLog(...statements: readonly string[]): Promise<readonly BrokenPromise[]> {
    const force = 'alter table waymark.events disable trigger events_append_only';
    const log = await this.undone(this.platform.databaseUrl('events'), [force, ...statements], readLog);
    return this.brokenBy({ ...this.evidence, log });
  }

  /** The same for a service's own tables. */
  async inTables(service: string, ...statements: readonly string[]): Promise<readonly BrokenPromise[]> {
    const tables = new Map(this.evidence.tables);
    const url = this.platform.databaseUrl(service);
    tables.set(service, await this.undone(url, statements, (ask) => readTables(ask, service)));
    return this.brokenBy({ ...this.evidence, tables });
  }

  /** The same for a topic that lies on the broker with other records than it had. */
  async onTopic(
    topic: string,
    change: (records: readonly Published[]) => readonly Published[],
  ): Promise<readonly BrokenPromise[]> {
    const name = `planted.${(this.topics += 1)}`;
    const { brokers } = this.platform.servers;
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
    const [admin, producer] = [
      kafka.admin(),
      kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
    ];
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ topics: [{ topic: name, numPartitions: 6 }], waitForLeaders: true });
    const records = change(this.evidence.topics.get(topic) ?? []);
    const messages = records.map(({ partition, key, text }) => ({ partition, key: key ?? null, value: text }));
    await producer.send({ topic: name, messages });
    await Promise.all([admin.disconnect(), producer.disconnect()]);
    const topics = new Map(this.evidence.topics);
    // A new topic may be without a leader for a moment.
    topics.set(topic, (await eventually(() => readTopics(brokers, [name]))).get(name) ?? []);
    return this.brokenBy({ ...this.evidence, topics });
  }

  brokenBy(evidence: Evidence, account: Account = this.account): readonly BrokenPromise[] {
    return [...new Set(judge(account, evidence).map(({ promise }) => promise))];
  }

  private undone<Result>(
    url: string,
    statements: readonly string[],
    read: (ask: Ask) => Promise<Result>,
  ): Promise<Result> {
    return asking(url, async (ask) => {
      for (const statement of ['begin', ...statements]) await ask(statement);
      const result = await read(ask);
      await ask('rollback');
      return result;
    });
  }
}
