import { createHash } from 'node:crypto';
import pg from 'pg';
import type { PartitionLag } from '../port.js';
import { busChannel } from './schema.js';

export interface StoredRecord {
  readonly offset: bigint;
  readonly value: Buffer;
}

// The server ends a session that says nothing for so long: a frozen or unreachable member gives up its partitions.
const silentSessionEndsAfter = '15s';
const queryTimeout = 10_000;

const lockKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE().toString();

/**
 * One member's connection. Its partitions are session advisory locks and its offsets are written over the same connection, so a
 * member whose connection is gone can neither keep a partition nor move its offset. Once lost, it stays lost.
 */
export class MemberSession {
  private readonly ending = new AbortController();
  readonly ended = this.ending.signal;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly client: pg.Client,
    private readonly owner: string,
    private readonly group: string,
    private readonly topics: readonly string[],
  ) {}

  static async open(options: {
    readonly url: string;
    readonly group: string;
    readonly topics: readonly string[];
    readonly wake: () => void;
  }): Promise<MemberSession> {
    const { url, group, topics, wake } = options;
    const client = new pg.Client({
      connectionString: url,
      application_name: `bus:${group}`,
      keepAlive: true,
      connectionTimeoutMillis: queryTimeout,
      query_timeout: queryTimeout,
    });
    let session: MemberSession | undefined;
    const fail = (): void => {
      session?.ending.abort();
      wake();
    };
    client.on('error', fail);
    client.on('end', fail);
    client.on('notification', ({ payload }) => {
      if (payload === 'rebalance' || (payload !== undefined && topics.includes(payload))) wake();
    });
    try {
      await client.connect();
      // An offset lost in a crash of the server means a repeated delivery, which is allowed.
      await client.query(`set synchronous_commit = off; set idle_session_timeout = '${silentSessionEndsAfter}'`);
      const { rows } = await client.query<{ session_user: string }>('select session_user');
      session = new MemberSession(client, rows[0]?.session_user ?? '', group, topics);
      await session.join();
      return session;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Members per topic, this one included: each holds a shared lock. */
  async members(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const topic of this.topics) {
      const { rows } = await this.query<{ members: number }>(
        `select count(*)::int as members from pg_locks
         where locktype = 'advisory' and granted and mode = 'ShareLock' and objsubid = 1
           and database = (select oid from pg_database where datname = current_database())
           and classid = (($1::bigint >> 32) & 4294967295)::oid and objid = ($1::bigint & 4294967295)::oid`,
        [this.memberKey(topic)],
      );
      counts.set(topic, Math.max(1, rows[0]?.members ?? 1));
    }
    return counts;
  }

  async partitions(): Promise<readonly PartitionLag[]> {
    const { rows } = await this.query<{ topic: string; partition: number; behind: string }>(
      'select topic, partition, behind from bus.lag($1, $2)',
      [this.group, this.topics],
    );
    return rows.map((row) => ({ ...row, behind: Number(row.behind) }));
  }

  async claim(topic: string, partition: number): Promise<boolean> {
    const { rows } = await this.query<{ claimed: boolean }>('select pg_try_advisory_lock($1) as claimed', [
      this.partitionKey(topic, partition),
    ]);
    return rows[0]?.claimed === true;
  }

  async release(topic: string, partition: number): Promise<void> {
    await this.query(`select pg_advisory_unlock($1), pg_notify('${busChannel}', 'rebalance')`, [
      this.partitionKey(topic, partition),
    ]);
  }

  async fetch(topic: string, partition: number, limit: number): Promise<readonly StoredRecord[]> {
    const { rows } = await this.query<{ offset: string; value: Buffer }>(
      'select "offset", value from bus.fetch($1, $2, $3, $4)',
      [this.group, topic, partition, limit],
    );
    return rows.map((row) => ({ offset: BigInt(row.offset), value: row.value }));
  }

  async commit(topic: string, partition: number, next: bigint): Promise<void> {
    await this.query('select bus.commit_offset($1, $2, $3, $4)', [this.group, topic, partition, next.toString()]);
  }

  async close(): Promise<void> {
    if (!this.ended.aborted) {
      await this.query(`select pg_advisory_unlock_all(), pg_notify('${busChannel}', 'rebalance')`).catch(
        () => undefined,
      );
    }
    this.ending.abort();
    await this.client.end().catch(() => undefined);
  }

  private async join(): Promise<void> {
    await this.query(`listen ${busChannel}`);
    for (const topic of this.topics) await this.query('select pg_advisory_lock_shared($1)', [this.memberKey(topic)]);
    await this.query(`select pg_notify('${busChannel}', 'rebalance')`);
  }

  private memberKey(topic: string): string {
    return lockKey('member', this.owner, this.group, topic);
  }

  private partitionKey(topic: string, partition: number): string {
    return lockKey('partition', this.owner, this.group, topic, String(partition));
  }

  /** One at a time; the first that fails loses the session, because nothing after it could be trusted to hold the locks. */
  private query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
    const result = this.queue.then(() => {
      if (this.ended.aborted) throw new Error('the connection to the bus is lost');
      return this.client.query<Row>(text, values);
    });
    this.queue = result.catch(() => {
      this.ending.abort();
      this.client.end().catch(() => undefined);
    });
    return result;
  }
}
