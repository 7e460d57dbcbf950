import type { EntityManager } from 'typeorm';
import type { Message } from '../port.js';

/** What is ordered together: the messages of one source about one subject. */
export interface Key {
  readonly source: string;
  readonly subject: string;
}

export const keyOf = ({ source, subject }: Key): string => JSON.stringify([source, subject]);

/** Of each key the last message: one for each different key. */
export const lastOfEachKey = (messages: readonly Message[]): readonly Message[] => [
  ...new Map(messages.map((message) => [keyOf(message), message])).values(),
];

/** As `lockKey`, for several keys in an order of their own, so that two consumers do not wait for each other. */
export async function lockKeys(manager: EntityManager, consumer: string, keys: readonly Key[]): Promise<void> {
  await manager.query(
    `insert into inbox_sequence as s (consumer, source, subject, last_sequence)
     select $1, k.source, k.subject, 0 from unnest($2::text[], $3::text[]) k(source, subject) order by 2, 3
     on conflict (consumer, source, subject) do update set last_sequence = s.last_sequence`,
    [consumer, keys.map(({ source }) => source), keys.map(({ subject }) => subject)],
  );
}

interface Row {
  readonly last: string;
  readonly troubled: boolean;
  readonly seen: boolean;
}

/**
 * True when each message is the one that follows the last of its key, none was seen before, and no key has dead letters or waiting
 * messages. Only to be trusted under `lockKeys`; asked without, it is a forecast.
 */
export async function allFollow(
  manager: EntityManager,
  consumer: string,
  messages: readonly Message[],
): Promise<boolean> {
  if (new Set(messages.map(({ id }) => id)).size < messages.length) return false;
  const rows = await manager.query<Row[]>(
    `select coalesce(s.last_sequence, 0) as last,
       exists (select from inbox i where i.consumer = $1 and i.message_id = m.id)
         or coalesce(position(inbox_mark(m.id) in s.marks) > 0, false) as seen,
       exists (select from dead_letters d
         where d.consumer = $1 and d.source = m.source and d.subject = m.subject and d.closed_at is null)
       or exists (select from inbox_waiting w where w.consumer = $1 and w.source = m.source and w.subject = m.subject)
         as troubled
     from unnest($2::text[], $3::text[], $4::text[]) with ordinality m(source, subject, id, place)
     left join inbox_sequence s on s.consumer = $1 and s.source = m.source and s.subject = m.subject
     order by m.place`,
    [consumer, ...columnsOf(messages), messages.map(({ id }) => id)],
  );
  const last = new Map<string, number>();
  return messages.every((message, index) => {
    const row = rows[index];
    const before = last.get(keyOf(message)) ?? Number(row?.last ?? 0);
    last.set(keyOf(message), message.sequence);
    return row !== undefined && !row.seen && !row.troubled && message.sequence === before + 1;
  });
}

/** As `noteEffect`, for messages of which `allFollow` is true. */
export async function noteEffects(
  manager: EntityManager,
  consumer: string,
  messages: readonly Message[],
  now: string,
): Promise<void> {
  const last = lastOfEachKey(messages);
  await manager.query(
    `with noted as (
       insert into inbox (consumer, message_id, received_at, source, subject, sequence)
       select $1, id, $6, source, subject, sequence
       from unnest($5::text[], $7::text[], $8::text[], $9::bigint[]) n(id, source, subject, sequence)
     )
     update inbox_sequence s set last_sequence = m.sequence
     from unnest($2::text[], $3::text[], $4::bigint[]) m(source, subject, sequence)
     where s.consumer = $1 and s.source = m.source and s.subject = m.subject`,
    [
      consumer,
      ...[...columnsOf(last), last.map(({ sequence }) => sequence)],
      ...[messages.map(({ id }) => id), now],
      ...[...columnsOf(messages), messages.map(({ sequence }) => sequence)],
    ],
  );
}

const columnsOf = (messages: readonly Key[]): readonly [readonly string[], readonly string[]] => [
  messages.map(({ source }) => source),
  messages.map(({ subject }) => subject),
];
