-- Makes an append cost the server less, and lets one statement carry the appends of several callers.

-- One constraint instead of six: a statement reads each from the catalogue and compiles it anew, which cost an append as much as
-- writing its row. This function is compiled once in a session.
create function waymark.is_sound(p_stream text, p_type text, p_version integer, p_data text, p_metadata text)
returns boolean
language plpgsql
immutable
as $$
begin
  return p_stream collate "C" ~ '^[a-z][a-z0-9_]*-[A-Za-z0-9_-]+$'
    and strpos(p_stream collate "C", '-') <= 65
    and length(p_stream) - strpos(p_stream collate "C", '-') <= 128
    and p_type collate "C" ~ '^[A-Z][A-Za-z0-9]*$' and length(p_type) <= 100
    and p_version > 0
    and p_data is json object and p_metadata is json object
    and octet_length(p_data) + octet_length(p_metadata) <= 1048576;
end
$$;

alter table waymark.events
  add constraint events_sound_check check (waymark.is_sound(stream_id, type, schema_version, data, metadata)),
  drop constraint events_stream_id_check,
  drop constraint events_type_check,
  drop constraint events_schema_version_check,
  drop constraint events_data_check,
  drop constraint events_metadata_check,
  drop constraint events_size_check;

-- p_expected as open_stream has it; p_revision is -1 where there is no stream.
create function waymark.is_expected(p_expected bigint, p_revision bigint)
returns boolean
language sql
immutable
return p_expected = p_revision or p_expected = -2 or p_expected = -3 and p_revision >= 0;

-- One event: what almost every append is. What stands in its way is left to open_stream to find out and to say.
create or replace function waymark.append_event(
  p_stream text,
  p_expected bigint,
  p_id uuid,
  p_type text,
  p_version integer,
  p_data text,
  p_metadata text,
  out revision bigint,
  out "position" bigint,
  out repeated boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
  v_category constant text := split_part(p_stream, '-', 1);
  v_done boolean;
  v_fits boolean;
  v_revision bigint;
  v_head record;
  v_hash bytea;
  v_recorded_at timestamptz;
  v_content bytea;
begin
  -- The locks of open_stream, and as there a statement of their own before the one that looks.
  v_done := pg_advisory_xact_lock(hashtextextended(p_stream, 0)) is null;
  v_done := pg_advisory_xact_lock_shared(1463900525, 1) is null;
  select
    h.revision, h.hash,
    exists (
      select from waymark.category_grants g
      where g.role_name = session_user and g.category = v_category and g.may_append
    ) and not exists (select from waymark.events k where k.event_id = p_id)
  into v_revision, v_hash, v_fits
  from (select) as one
  left join lateral (
    select e.revision, e.hash from waymark.events e where e.stream_id = p_stream order by e.revision desc limit 1
  ) h on true;
  v_revision := coalesce(v_revision, -1);
  if current_setting('transaction_isolation') <> 'read committed'
    or not v_fits or not waymark.is_expected(p_expected, v_revision) then
    v_head := waymark.open_stream(p_stream, p_expected, array[p_id]);
    revision := v_head.repeated_revision;
    "position" := v_head.repeated_position;
    repeated := true;
    return;
  end if;

  repeated := false;
  revision := v_revision + 1;
  "position" := nextval('waymark.event_position');
  v_recorded_at := date_trunc('milliseconds', clock_timestamp());
  v_content := waymark.content_hash(p_id, p_type, p_version, p_data, p_metadata);
  v_hash := waymark.chain_hash(coalesce(v_hash, waymark.stream_seed(p_stream)), revision, v_recorded_at, v_content);
  insert into waymark.events (
    position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
    recorded_at, content_hash, hash
  ) values (
    "position", p_stream, v_category, revision, p_id, p_type, p_version, p_data, p_metadata,
    v_recorded_at, v_content, v_hash
  );
end
$$;

-- Independent appends of one event each, to different streams: one statement and one commit for all of them. Answers what it has
-- stored. What it leaves out is for append_event to say why: a refusal, a repetition, or a stream that somebody else is at, for
-- which nobody here is to wait.
create function waymark.append_each(
  p_streams text[],
  p_expected bigint[],
  p_ids uuid[],
  p_types text[],
  p_versions integer[],
  p_data text[],
  p_metadata text[]
)
returns table (stream text, revision bigint, "position" bigint)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_done boolean;
  v_locked bigint[];
  v_recorded_at timestamptz;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'appending needs READ COMMITTED' using errcode = 'WM008';
  end if;
  -- Streams may not occur twice: the second would not see what the first is about to leave.
  if cardinality(p_streams) > (select count(distinct s) from unnest(p_streams) s) then
    raise exception 'a stream occurs twice' using errcode = 'WM006';
  end if;
  select array_agg(s.n) into v_locked
  from unnest(p_streams) with ordinality s (stream, n)
  where pg_try_advisory_xact_lock(hashtextextended(s.stream, 0));
  v_done := pg_advisory_xact_lock_shared(1463900525, 1) is null;
  v_recorded_at := date_trunc('milliseconds', clock_timestamp());
  -- Each look into the log is a scalar or limited subquery, so that its index is used, whatever the planner believes of the table.
  return query
    insert into waymark.events as stored (
      position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
      recorded_at, content_hash, hash
    )
    select
      nextval('waymark.event_position'), b.stream, b.category, b.revision, b.id, b.type, b.version, b.data, b.metadata,
      v_recorded_at, b.content, waymark.chain_hash(b.previous, b.revision, v_recorded_at, b.content)
    from (
      select
        a.*, split_part(a.stream, '-', 1) as category, coalesce(h.revision, -1) + 1 as revision,
        coalesce(h.hash, waymark.stream_seed(a.stream)) as previous,
        waymark.content_hash(a.id, a.type, a.version, a.data, a.metadata) as content
      from unnest(p_streams, p_expected, p_ids, p_types, p_versions, p_data, p_metadata)
        with ordinality as a (stream, expected, id, type, version, data, metadata, n)
      left join lateral (
        select e.revision, e.hash from waymark.events e where e.stream_id = a.stream order by e.revision desc limit 1
      ) h on true
      where a.n = any (v_locked)
        and (select k.position from waymark.events k where k.event_id = a.id) is null
        and waymark.is_expected(a.expected, coalesce(h.revision, -1))
      offset 0
    ) b
    where b.category = any (array(
      select g.category from waymark.category_grants g where g.role_name = session_user and g.may_append
    ))
    returning stored.stream_id, stored.revision, stored.position;
end
$$;

revoke all on all functions in schema waymark from public;
