-- The log itself: streams, events, who may touch which category, and the refusal to change what was written.

do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the event store hashes UTF-8 bytes and needs a database with encoding UTF8, not %',
      current_setting('server_encoding');
  end if;
end
$$;

revoke all on schema waymark from public;

-- CACHE 1, because readers take a visible position as proof that every lower one has been drawn.
create sequence waymark.event_position as bigint cache 1;

-- Free room in each page keeps the update of every append on its page and out of the index.
create table waymark.streams (
  stream_id text primary key
    check (stream_id ~ '^[a-z][a-z0-9_]{0,63}-[A-Za-z0-9_-]{1,128}$'),
  category text not null,
  revision bigint not null,
  hash bytea not null
) with (fillfactor = 80);

-- data and metadata are text because jsonb would not give back the bytes that were hashed.
create table waymark.events (
  position bigint primary key,
  stream_id text not null,
  category text not null,
  revision bigint not null,
  event_id uuid not null constraint events_event_id_key unique,
  type text not null check (type ~ '^[A-Z][A-Za-z0-9]{0,99}$'),
  schema_version integer not null check (schema_version > 0),
  data text not null check (data is json object),
  metadata text not null check (metadata is json object),
  recorded_at timestamptz not null,
  content_hash bytea not null,
  hash bytea not null,
  constraint events_stream_revision_key unique (stream_id, revision),
  constraint events_size_check check (octet_length(data) + octet_length(metadata) <= 1048576)
);

-- Lets a reader of a few categories jump over all the others.
create index events_category_position on waymark.events (category, position);

-- category '*' with may_read stands for the whole log.
create table waymark.category_grants (
  role_name name not null,
  category text not null check (category = '*' or category ~ '^[a-z][a-z0-9_]{0,63}$'),
  may_append boolean not null,
  may_read boolean not null,
  primary key (role_name, category),
  check (category <> '*' or not may_append)
);

create function waymark.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '% of waymark.% is refused: the log is append-only', tg_op, tg_table_name using errcode = 'WM009';
end
$$;

create trigger events_append_only before update or delete or truncate on waymark.events
  for each statement execute function waymark.refuse_change();
create trigger streams_append_only before delete or truncate on waymark.streams
  for each statement execute function waymark.refuse_change();
-- ALWAYS: session_replication_role does not get around it.
alter table waymark.events enable always trigger events_append_only;
alter table waymark.streams enable always trigger streams_append_only;

revoke all on all tables in schema waymark from public;
revoke all on all sequences in schema waymark from public;
revoke all on all functions in schema waymark from public;
