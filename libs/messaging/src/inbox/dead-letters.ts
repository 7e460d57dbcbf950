import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { derivedId } from '../derived-id.js';
import type { Message, Origin } from '../port.js';
import type { StoredLetter } from './inbox-tables.js';

export const deadLetterReasons = [
  'handler_failed',
  'sequence_gap',
  'out_of_sequence',
  'behind_dead_letter',
  'unreadable',
] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

/** A message that a consumer gave up on, with why and where it lay. Open until redriven or discarded. */
export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  /** The rule broken or the error's text. May quote the message: for operators, not for logs. */
  readonly detail: string | null;
  /** Where the handler failed. Stays in this table. */
  readonly stack: string | null;
  readonly messageId: string | null;
  readonly type: string | null;
  readonly source: string | null;
  readonly subject: string | null;
  readonly sequence: number | null;
  /** The message as it lay on the topic. */
  readonly value: Buffer;
  readonly origin: Origin;
  /** How often its handler was called in vain; 0 when it was never called. */
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
  readonly closedAt: Date | null;
  readonly outcome: 'redriven' | 'discarded' | null;
}

export interface Burial extends StoredLetter {
  readonly message?: Message;
  readonly reason: DeadLetterReason;
  readonly detail: string;
  readonly stack?: string;
  readonly attempts?: number;
  readonly firstFailedAt?: string;
  readonly now: string;
}

// PostgreSQL keeps no text with it, and a letter that cannot be buried would be delivered for ever.
const withoutNul = (text: string | undefined): string | null => text?.replaceAll('\0', '') ?? null;

function idOf(consumer: string, { message, origin, value }: Burial): string {
  if (message) return derivedId('dead letter', consumer, message.source, message.id);
  const digest = createHash('sha256').update(value).digest('hex');
  return derivedId('unreadable', consumer, origin.topic, String(origin.partition), origin.offset, digest);
}

/** Writes a dead letter once: the same message of the same consumer has the same id. */
export async function bury(manager: EntityManager, consumer: string, letter: Burial): Promise<string> {
  const { message, origin, value } = letter;
  const id = idOf(consumer, letter);
  await manager.query(
    `with moved as (delete from inbox_waiting where consumer = $2 and message_id = $6)
     insert into dead_letters as d (id, consumer, reason, detail, stack, message_id, type, source, subject, sequence, value,
       topic, partition, "offset", failed_at, attempts, first_failed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (id) do nothing`,
    [
      id,
      consumer,
      letter.reason,
      withoutNul(letter.detail),
      withoutNul(letter.stack),
      message?.id ?? null,
      message?.type ?? null,
      message?.source ?? null,
      message?.subject ?? null,
      message?.sequence ?? null,
      value,
      origin.topic,
      origin.partition,
      origin.offset,
      letter.now,
      letter.attempts ?? 0,
      letter.firstFailedAt ?? letter.now,
    ],
  );
  return id;
}

interface Row extends Omit<DeadLetter, 'sequence' | 'origin' | 'closedAt'>, Origin {
  readonly message_id: string | null;
  readonly sequence: string | null;
  readonly first_failed_at: Date;
  readonly failed_at: Date;
  readonly closed_at: Date | null;
}

const toDeadLetter = (row: Row): DeadLetter => ({
  id: row.id,
  consumer: row.consumer,
  reason: row.reason,
  detail: row.detail,
  stack: row.stack,
  messageId: row.message_id,
  type: row.type,
  source: row.source,
  subject: row.subject,
  sequence: row.sequence === null ? null : Number(row.sequence),
  value: row.value,
  origin: { topic: row.topic, partition: row.partition, offset: row.offset },
  attempts: row.attempts,
  firstFailedAt: row.first_failed_at,
  failedAt: row.failed_at,
  closedAt: row.closed_at,
  outcome: row.outcome,
});

/** Dead letters that fulfil an SQL condition, `$1` being the first of the values. */
export async function deadLettersWhere(
  manager: EntityManager,
  condition: string,
  values: readonly unknown[],
): Promise<readonly DeadLetter[]> {
  const rows = await manager.query<Row[]>(`select * from dead_letters where ${condition}`, [...values]);
  return rows.map(toDeadLetter);
}

/** The open dead letters of a consumer, in the order in which they fell. */
export const openDeadLetters = (manager: EntityManager, consumer: string): Promise<readonly DeadLetter[]> =>
  deadLettersWhere(manager, 'consumer = $1 and closed_at is null order by failed_at, sequence', [consumer]);

export async function findOpen(manager: EntityManager, consumer: string, id: string): Promise<DeadLetter | undefined> {
  const [letter] = await deadLettersWhere(manager, 'consumer = $1 and id = $2 and closed_at is null', [consumer, id]);
  return letter;
}

/** The open dead letter behind which a key waits. One that came out of sequence holds nobody up. */
export async function firstOpenOf(
  manager: EntityManager,
  consumer: string,
  source: string,
  subject: string,
): Promise<DeadLetter | undefined> {
  const [letter] = await deadLettersWhere(
    manager,
    `consumer = $1 and source = $2 and subject = $3 and closed_at is null and reason <> 'out_of_sequence'
     order by sequence limit 1`,
    [consumer, source, subject],
  );
  return letter;
}

/** Whether an operator has ordered that it be given up, and the order is open. */
export async function isToBeDiscarded(manager: EntityManager, id: string): Promise<boolean> {
  const orders = await manager.query<unknown[]>(
    "select from inbox_orders where dead_letter_id = $1 and kind = 'discard' and done_at is null limit 1",
    [id],
  );
  return orders.length > 0;
}

export async function closeLetter(
  manager: EntityManager,
  id: string,
  outcome: 'redriven' | 'discarded',
  now: string,
): Promise<void> {
  await manager.query('update dead_letters set closed_at = $2, outcome = $3 where id = $1', [id, now, outcome]);
}

/** Its handler was called again in vain: from now on that is the reason, and only an operator redrives it. */
export async function noteFailure(manager: EntityManager, id: string, error: Error, now: string): Promise<void> {
  await manager.query(
    `update dead_letters set reason = 'handler_failed', detail = $2, stack = $3, failed_at = $4, attempts = attempts + 1,
       copied_at = null
     where id = $1`,
    [id, withoutNul(error.message), withoutNul(error.stack), now],
  );
}

/** It was behind another letter; what holds it up now is a missing message. */
export async function noteStillGap(manager: EntityManager, id: string, last: number): Promise<void> {
  await manager.query(`update dead_letters set reason = 'sequence_gap', detail = $2 where id = $1`, [
    id,
    `waited for sequence ${last + 1}`,
  ]);
}
