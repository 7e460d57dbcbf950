import { orderColumns } from '../orders/order-table.js';

/**
 * What a consumer keeps in the database of its own service: the messages that had their effect, the last sequence per subject,
 * messages waiting for one that is missing before them, and dead letters. `value` holds the bytes as they were received.
 */
export const inboxMigration = `
create table if not exists inbox (
  consumer text not null,
  message_id text not null,
  received_at timestamptz not null,
  primary key (consumer, message_id)
);
create table if not exists inbox_sequence (
  consumer text not null,
  source text not null,
  subject text not null,
  last_sequence bigint not null,
  primary key (consumer, source, subject)
);
create table if not exists inbox_waiting (
  consumer text not null,
  message_id text not null,
  source text not null,
  subject text not null,
  sequence bigint not null,
  value bytea not null,
  topic text not null,
  partition integer not null,
  "offset" text not null,
  since timestamptz not null,
  primary key (consumer, message_id)
);
create index if not exists inbox_waiting_in_order on inbox_waiting (consumer, source, subject, sequence);
create table if not exists dead_letters (
  id uuid primary key,
  consumer text not null,
  reason text not null check (reason in
    ('handler_failed', 'sequence_gap', 'out_of_sequence', 'behind_dead_letter', 'unreadable')),
  detail text,
  stack text,
  message_id text,
  type text,
  source text,
  subject text,
  sequence bigint,
  value bytea not null,
  topic text not null,
  partition integer not null,
  "offset" text not null,
  failed_at timestamptz not null,
  redriven_at timestamptz
);
create index if not exists dead_letters_open on dead_letters (consumer, source, subject, sequence) where redriven_at is null;
`;

/**
 * Makes of dead letters what operators need: how often and since when they failed, how they were closed, whether a copy went to the
 * topic of dead letters; and what operators have ordered, to be carried out by the consumer itself. Applied once, after
 * `inboxMigration`.
 */
export const inboxOperationsMigration = `
alter table dead_letters rename column redriven_at to closed_at;
alter table dead_letters add column outcome text check (outcome in ('redriven', 'discarded'));
update dead_letters set outcome = 'redriven' where closed_at is not null;
alter table dead_letters add check ((closed_at is null) = (outcome is null));
alter table dead_letters add column attempts integer not null default 1;
alter table dead_letters add column first_failed_at timestamptz;
update dead_letters set first_failed_at = failed_at;
alter table dead_letters alter column first_failed_at set not null;
alter table dead_letters add column copied_at timestamptz;
create index dead_letters_to_copy on dead_letters (consumer) where copied_at is null;
create table inbox_orders (
  id uuid primary key,
  consumer text not null,
  dead_letter_id uuid not null references dead_letters,
  kind text not null check (kind in ('redrive', 'go_on', 'discard')),
  reason text check ((kind = 'redrive') = (reason is null)),
  note text,
  ${orderColumns}
);
create index inbox_orders_open on inbox_orders (consumer, ordered_at) where done_at is null;
`;

/**
 * What a consumer asks of its tables for each message, in one round trip; and who has which partition and which
 * message in hand, so that one with which processes die is not handed over for ever. Applied once, after `inboxOperationsMigration`.
 */
export const inboxStepsMigration = `
create function inbox_locate(p_consumer text, p_source text, p_subject text, p_id text, p_sequence bigint, p_last bigint,
  out place text, out last_sequence bigint, out some_waiting boolean)
language plpgsql stable as $$
begin
  last_sequence := p_last;
  some_waiting := exists (
    select from inbox_waiting w where w.consumer = p_consumer and w.source = p_source and w.subject = p_subject);
  place := case
    when exists (select from inbox i where i.consumer = p_consumer and i.message_id = p_id)
      or exists (
        select from dead_letters d
        where d.consumer = p_consumer and d.source = p_source and d.subject = p_subject and d.closed_at is null
          and d.message_id = p_id) then 'repeat'
    when p_sequence <= p_last then 'out_of_sequence'
    when p_sequence = p_last + 1 then 'next'
    when exists (
      select from dead_letters d
      where d.consumer = p_consumer and d.source = p_source and d.subject = p_subject and d.closed_at is null
        and d.sequence > p_last) then 'behind'
    else 'gap'
  end;
end
$$;

create function inbox_take(p_consumer text, p_source text, p_subject text, p_id text, p_sequence bigint, p_now timestamptz,
  out place text, out last_sequence bigint, out some_waiting boolean)
language plpgsql as $$
declare
  v_last bigint;
begin
  select s.last_sequence into v_last from inbox_sequence s
    where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject for update;
  if not found then
    insert into inbox_sequence as s (consumer, source, subject, last_sequence) values (p_consumer, p_source, p_subject, 0)
      on conflict (consumer, source, subject) do update set last_sequence = s.last_sequence
      returning s.last_sequence into v_last;
  end if;
  -- A statement of its own, which sees what was committed while the key was waited for.
  select l.* into place, last_sequence, some_waiting
    from inbox_locate(p_consumer, p_source, p_subject, p_id, p_sequence, v_last) l;
  if place = 'next' then
    insert into inbox (consumer, message_id, received_at) values (p_consumer, p_id, p_now);
    if some_waiting then
      delete from inbox_waiting w where w.consumer = p_consumer and w.message_id = p_id;
    end if;
    update inbox_sequence s set last_sequence = p_sequence
      where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject;
  end if;
end
$$;

create table inbox_holders (
  consumer text not null,
  topic text not null,
  partition integer not null,
  holder uuid not null,
  primary key (consumer, topic, partition)
);
create table inbox_in_hand (
  consumer text not null,
  message_id text not null,
  holder uuid not null,
  since timestamptz not null,
  primary key (consumer, message_id, holder)
);
`;
