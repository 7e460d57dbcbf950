import type { OnMeasure } from './measures.js';

/** A published message: a CloudEvents 1.0 envelope. `data` follows the contract named by `type`; never sealed text, never names. */
export interface Message<Data extends object = object> {
  readonly specversion: '1.0';
  /** The same for the same cause for ever, so that consumers can drop repeats. */
  readonly id: string;
  /** The publishing service, such as `/waymark/intake`. */
  readonly source: string;
  /** `context.what-happened.v1`. */
  readonly type: string;
  /** Id of the aggregate: the ordering key. */
  readonly subject: string;
  /** When it happened, RFC 3339 UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Dense per `source` and `subject`, from 1: an Integer of CloudEvents. */
  readonly sequence: number;
  /** The `subject` again, where the partitioning extension looks for it. Absent from messages published before it was added. */
  readonly partitionkey?: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly traceparent?: string;
  readonly data: Data;
}

/** Where a delivered message lay: for logs, dead letters and redrive. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface Delivery {
  readonly message: Message;
  readonly origin: Origin;
}

/** How far a group is behind the end of a partition. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly behind: number;
}

/** A record of a topic of dead letters: the bytes as they were, and in headers why and where from. */
export interface DeadRecord {
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TopicDeclaration {
  readonly name: string;
  /** How long a message is kept. For ever, where a group that is new tomorrow gets everything from the start. */
  readonly keep: 'for-ever' | { readonly days: number };
}

export interface Subscription {
  /** Finishes what is being handled, hands over its share, and resolves. */
  stop(): Promise<void>;
  /** Resolves once deliveries can arrive. */
  readonly ready: Promise<void>;
  /** Of the whole group, asked of the broker now. */
  lag(): Promise<readonly PartitionLag[]>;
}

/**
 * The bus. At least once; ordered per `subject` within a topic; a handler that rejects is called again with the same message and
 * nothing later of the same partition passes it, so the caller (inbox.ts) bounds retries. One topic per publishing service:
 * `waymark.<context>`.
 */
export interface Bus {
  /** Resolves when all are durable, in this order per subject. Rejects with nothing promised: publish them all again. */
  publish(topic: string, messages: readonly Message[]): Promise<void>;
  /** Members of one group share the topics' partitions; each group gets everything from the start of the topic. */
  subscribe(options: {
    readonly group: string;
    readonly topics: readonly string[];
    readonly handle: (message: Message, origin: Origin) => Promise<void>;
    /**
     * Gets what lies ready of one partition, in order. Resolving moves on over all of it; when it rejects, nothing is promised and
     * each goes to `handle`.
     */
    readonly handleMany?: (deliveries: readonly Delivery[]) => Promise<void>;
    /** A record that is no CloudEvents envelope. Called instead of `handle`; resolving moves on. */
    readonly unreadable: (raw: { readonly value: Buffer; readonly reason: string }, origin: Origin) => Promise<void>;
    readonly onMeasure?: OnMeasure;
  }): Subscription;
  /**
   * Creates the declared topics that are missing; never alters existing ones. Rejects with a `WrongTopics` that says what is not as
   * declared. A name alone is kept for ever.
   */
  ensureTopics(topics: readonly (string | TopicDeclaration)[]): Promise<void>;
  /** Resolves when all lie on the topic. On a bus without it, dead letters lie in the consumer's own tables only. */
  publishDead?(topic: string, records: readonly DeadRecord[]): Promise<void>;
  /**
   * How many records were ever put on each partition of a topic, repeats counted again; undefined when there is no such topic. They
   * only grow, so less than before, or a partition less, means that the topic has lost messages. A bus without it cannot tell.
   */
  ends?(topic: string): Promise<ReadonlyMap<number, bigint> | undefined>;
  /** Which of these topics are not there now. On a bus without it they cannot go away. */
  missing?(topics: readonly string[]): Promise<readonly string[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Where copies of a consumer's dead letters lie. */
export const deadTopicOf = (group: string): string => `waymark.${group}.dead`;

/** Topics that are not as they were declared: messages may be lost or come out of order there. An administrator has to decide. */
export class WrongTopics extends Error {
  override readonly name = 'WrongTopics';
}
