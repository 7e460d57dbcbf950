import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { derivedId } from '../derived-id.js';
import type { Message, Origin } from '../port.js';
import type { StoredLetter } from './inbox-tables.js';

export type DeadLetterReason =
  'handler_failed' | 'sequence_gap' | 'out_of_sequence' | 'behind_dead_letter' | 'unreadable';

/** A message that a consumer gave up on, with why and where it lay. Open until redriven. */
export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  /** The rule broken or the error's text. May quote the message: for operators, not for logs. */
  readonly detail: string | null;
  readonly messageId: string | null;
  readonly type: string | null;
  readonly source: string | null;
  readonly subject: string | null;
  readonly sequence: number | null;
  readonly value: Buffer;
  readonly origin: Origin;
  readonly failedAt: Date;
  readonly redrivenAt: Date | null;
}

/** Writes a dead letter once: the same message of the same consumer has the same id. */
export async function bury(
  manager: EntityManager,
  consumer: string,
  letter: StoredLetter & {
    readonly message?: Message;
    readonly reason: DeadLetterReason;
    readonly detail: string;
    readonly stack?: string;
    readonly now: string;
  },
): Promise<string> {
  const { message, origin, value } = letter;
  const { topic, partition, offset } = origin;
  const id = message
    ? derivedId('dead letter', consumer, message.source, message.id)
    : derivedId(
        'unreadable',
        consumer,
        topic,
        String(partition),
        offset,
        createHash('sha256').update(value).digest('hex'),
      );
  await manager.query(
    `with moved as (delete from inbox_waiting where consumer = $2 and message_id = $6)
     insert into dead_letters as d (id, consumer, reason, detail, stack, message_id, type, source, subject, sequence, value,
       topic, partition, "offset", failed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (id) do nothing`,
    [
      id,
      consumer,
      letter.reason,
      letter.detail,
      letter.stack ?? null,
      message?.id ?? null,
      message?.type ?? null,
      message?.source ?? null,
      message?.subject ?? null,
      message?.sequence ?? null,
      value,
      topic,
      partition,
      offset,
      letter.now,
    ],
  );
  return id;
}

interface Row {
  readonly id: string;
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  readonly detail: string | null;
  readonly message_id: string | null;
  readonly type: string | null;
  readonly source: string | null;
  readonly subject: string | null;
  readonly sequence: string | null;
  readonly value: Buffer;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly failed_at: Date;
  readonly redriven_at: Date | null;
}

const toDeadLetter = (row: Row): DeadLetter => ({
  id: row.id,
  consumer: row.consumer,
  reason: row.reason,
  detail: row.detail,
  messageId: row.message_id,
  type: row.type,
  source: row.source,
  subject: row.subject,
  sequence: row.sequence === null ? null : Number(row.sequence),
  value: row.value,
  origin: { topic: row.topic, partition: row.partition, offset: row.offset },
  failedAt: row.failed_at,
  redrivenAt: row.redriven_at,
});

/** The open dead letters of a consumer, in the order in which they fell. */
export async function openDeadLetters(manager: EntityManager, consumer: string): Promise<readonly DeadLetter[]> {
  const rows = await manager.query<Row[]>(
    'select * from dead_letters where consumer = $1 and redriven_at is null order by failed_at, sequence',
    [consumer],
  );
  return rows.map(toDeadLetter);
}

export async function findOpen(manager: EntityManager, consumer: string, id: string): Promise<DeadLetter | undefined> {
  const rows = await manager.query<Row[]>(
    'select * from dead_letters where consumer = $1 and id = $2 and redriven_at is null',
    [consumer, id],
  );
  return rows[0] && toDeadLetter(rows[0]);
}

/** The open dead letter of a key that comes first. */
export async function firstOpenOf(
  manager: EntityManager,
  consumer: string,
  source: string,
  subject: string,
): Promise<DeadLetter | undefined> {
  const rows = await manager.query<Row[]>(
    `select * from dead_letters where consumer = $1 and source = $2 and subject = $3 and redriven_at is null
     order by sequence limit 1`,
    [consumer, source, subject],
  );
  return rows[0] && toDeadLetter(rows[0]);
}

export async function markRedriven(manager: EntityManager, id: string, now: string): Promise<void> {
  await manager.query('update dead_letters set redriven_at = $2 where id = $1', [id, now]);
}

export async function noteFailure(manager: EntityManager, id: string, error: Error, now: string): Promise<void> {
  await manager.query('update dead_letters set detail = $2, stack = $3, failed_at = $4 where id = $1', [
    id,
    error.message,
    error.stack ?? null,
    now,
  ]);
}
