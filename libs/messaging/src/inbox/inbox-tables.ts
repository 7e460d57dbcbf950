import type { EntityManager } from 'typeorm';
import type { Message, Origin } from '../port.js';

/** What a message is to this consumer, judged while its key is locked. */
export type Place =
  /** The one that follows the last seen. */
  | 'next'
  /** Had its effect before, be it with another number, or lies in dead letters. */
  | 'repeat'
  /** One before it is missing. */
  | 'gap'
  /** An earlier one of its key lies in dead letters. */
  | 'behind'
  /** Another message had its sequence number before: never guessed about. */
  | 'out_of_sequence';

export interface KeyState {
  readonly place: Place;
  readonly lastSequence: number;
  readonly someWaiting: boolean;
}

/** Locks the message's key until the transaction ends, so that of several deliveries at once each sees the one before. */
export async function lockKey(
  manager: EntityManager,
  consumer: string,
  source: string,
  subject: string,
): Promise<number> {
  const rows = await manager.query<{ last_sequence: string }[]>(
    `insert into inbox_sequence as s (consumer, source, subject, last_sequence) values ($1, $2, $3, 0)
     on conflict (consumer, source, subject) do update set last_sequence = s.last_sequence
     returning last_sequence`,
    [consumer, source, subject],
  );
  return Number(rows[0]?.last_sequence ?? 0);
}

interface StateRow {
  readonly place: Place;
  readonly last_sequence: string;
  readonly some_waiting: boolean;
}

const toKeyState = (row: StateRow | undefined): KeyState => {
  if (!row) throw new Error('the inbox gave no answer');
  return { place: row.place, lastSequence: Number(row.last_sequence), someWaiting: row.some_waiting };
};

/** Where the message stands. Only to be trusted under `lockKey`; asked without, it is a forecast. */
export async function locate(manager: EntityManager, consumer: string, message: Message): Promise<KeyState> {
  const { id, source, subject, sequence } = message;
  const [row] = await manager.query<StateRow[]>(
    `select l.* from inbox_locate($1, $2, $3, $4, $5, coalesce(
       (select last_sequence from inbox_sequence where consumer = $1 and source = $2 and subject = $3), 0)) l`,
    [consumer, source, subject, id, sequence],
  );
  return toKeyState(row);
}

/**
 * Locks the message's key until the transaction ends, says where the message stands, and notes it as one that has had its effect
 * if it is the next: the effect has to be had before the transaction ends, or in vain.
 */
export async function take(
  manager: EntityManager,
  consumer: string,
  { id, source, subject, sequence }: Message,
  now: string,
): Promise<KeyState> {
  const [row] = await manager.query<StateRow[]>('select * from inbox_take($1, $2, $3, $4, $5, $6)', [
    consumer,
    source,
    subject,
    id,
    sequence,
    now,
  ]);
  return toKeyState(row);
}

/** The message has had its effect (or needs none). Never moves the sequence back. */
export async function noteEffect(
  manager: EntityManager,
  consumer: string,
  message: Message,
  now: string,
): Promise<void> {
  await manager.query(
    `with noted as (
       insert into inbox (consumer, message_id, received_at, source, subject, sequence)
         values ($1, $4, $6, $2, $3, $5) on conflict do nothing
     ), arrived as (
       delete from inbox_waiting where consumer = $1 and message_id = $4
     )
     update inbox_sequence set last_sequence = greatest(last_sequence, $5)
     where consumer = $1 and source = $2 and subject = $3`,
    [consumer, message.source, message.subject, message.id, message.sequence, now],
  );
}

export interface StoredLetter {
  readonly value: Buffer;
  readonly origin: Origin;
}

interface WaitingRow {
  readonly value: Buffer;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

const toLetter = ({ value, topic, partition, offset }: WaitingRow): StoredLetter => ({
  value,
  origin: { topic, partition, offset },
});

/** Sets a message aside until the one missing before it has come. */
export async function putAside(
  manager: EntityManager,
  consumer: string,
  message: Message,
  letter: StoredLetter,
  now: string,
): Promise<void> {
  const { topic, partition, offset } = letter.origin;
  await manager.query(
    `insert into inbox_waiting (consumer, message_id, source, subject, sequence, value, topic, partition, "offset", since)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      consumer,
      message.id,
      message.source,
      message.subject,
      message.sequence,
      letter.value,
      topic,
      partition,
      offset,
      now,
    ],
  );
}

export async function dropWaiting(manager: EntityManager, consumer: string, message: Message): Promise<void> {
  await manager.query('delete from inbox_waiting where consumer = $1 and message_id = $2', [consumer, message.id]);
}

/** The waiting messages of a key in order. */
export async function waitingOf(
  manager: EntityManager,
  consumer: string,
  source: string,
  subject: string,
  limit: number,
): Promise<readonly StoredLetter[]> {
  const rows = await manager.query<WaitingRow[]>(
    `select value, topic, partition, "offset" from inbox_waiting where consumer = $1 and source = $2 and subject = $3
     order by sequence limit $4`,
    [consumer, source, subject, limit],
  );
  return rows.map(toLetter);
}

/**
 * Keys that nothing holds up any more: their first open dead letter was there for a missing message or behind another letter, and it
 * is its turn now.
 */
export async function keysToOpen(
  manager: EntityManager,
  consumer: string,
): Promise<readonly { readonly source: string; readonly subject: string }[]> {
  return manager.query<{ source: string; subject: string }[]>(
    `select f.source, f.subject from (
       select distinct on (source, subject) source, subject, sequence, reason from dead_letters
       where consumer = $1 and closed_at is null and reason <> 'out_of_sequence' and source is not null
       order by source, subject, sequence) f
     join inbox_sequence s on s.consumer = $1 and s.source = f.source and s.subject = f.subject
     where f.reason <> 'handler_failed' and f.sequence <= s.last_sequence + 1`,
    [consumer],
  );
}

/** Keys whose oldest waiting message was set aside before `before`. */
export async function keysWaitingSince(
  manager: EntityManager,
  consumer: string,
  before: string,
): Promise<readonly { readonly source: string; readonly subject: string }[]> {
  return manager.query<{ source: string; subject: string }[]>(
    'select source, subject from inbox_waiting where consumer = $1 group by source, subject having min(since) <= $2',
    [consumer, before],
  );
}
