import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { mostAtOnce } from '../delivery.js';
import type { Origin } from '../port.js';

interface Held {
  last: bigint;
  /** How many more messages of it may be the one with which its holder before has died. */
  suspects: number;
}

/** How many processes had a message in hand and never came back from its handler. */
export interface Deaths {
  readonly count: number;
  readonly since: Date;
}

/**
 * Remembers in the database what this process has in hand, so that a message that ends the process is known to the next one. To note
 * each message would cost too much: only who holds a partition is noted, and who finds it held by a process that did not let go
 * notes one by one the messages that may have been in hand then.
 */
export class Hands {
  private readonly me = randomUUID();
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly consumer: string,
    private readonly dataSource: DataSource,
  ) {}

  /** Whether the holder before may have died with the message that lies there. */
  async suspects({ topic, partition, offset }: Origin): Promise<boolean> {
    const key = `${topic}/${partition}`;
    const at = BigInt(offset);
    const before = this.held.get(key);
    if (before && at >= before.last) {
      before.last = at;
      return before.suspects > 0;
    }
    // Never had, or had again after others: they go back to what is committed.
    const [row] = await this.dataSource.query<{ holder: string | null }[]>(
      `with before as (select holder from inbox_holders where consumer = $1 and topic = $2 and partition = $3)
       insert into inbox_holders (consumer, topic, partition, holder) values ($1, $2, $3, $4)
       on conflict (consumer, topic, partition) do update set holder = excluded.holder
       returning (select holder from before) as holder`,
      [this.consumer, topic, partition, this.me],
    );
    const holder = row?.holder ?? this.me;
    const suspects = holder === this.me ? (before?.suspects ?? 0) : mostAtOnce;
    this.held.set(key, { last: at, suspects });
    return suspects > 0;
  }

  /** To be called before a message is handed over that may end this process. */
  async takeUp(messageId: string, now: string, origin?: Origin): Promise<Deaths> {
    const held = origin && this.held.get(`${origin.topic}/${origin.partition}`);
    if (held && held.suspects > 0) held.suspects -= 1;
    const [row] = await this.dataSource.query<{ count: number; since: Date | null }[]>(
      `with mine as (
         insert into inbox_in_hand (consumer, message_id, holder, since) values ($1, $2, $3, $4) on conflict do nothing
       )
       select count(*)::int as count, min(since) as since from inbox_in_hand
       where consumer = $1 and message_id = $2 and holder <> $3`,
      [this.consumer, messageId, this.me, now],
    );
    return { count: row?.count ?? 0, since: row?.since ?? new Date(now) };
  }

  /** Its handler came back, whatever came of it: the message does not end processes. */
  async putDown(messageId: string, manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.query('delete from inbox_in_hand where consumer = $1 and message_id = $2', [
      this.consumer,
      messageId,
    ]);
  }

  /** Nothing is in hand any more: whoever takes the partitions next has nothing to suspect. */
  async letGo(): Promise<void> {
    await this.dataSource.query('delete from inbox_holders where consumer = $1 and holder = $2', [
      this.consumer,
      this.me,
    ]);
  }
}

/** What a dead letter says of a message whose handler never came back. */
export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';

  constructor({ count }: Deaths) {
    super(`${count} processes ended while they handled it`);
    // It comes from nowhere in this process.
    this.stack = '';
  }
}
