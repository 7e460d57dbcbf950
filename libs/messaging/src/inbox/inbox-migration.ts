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
