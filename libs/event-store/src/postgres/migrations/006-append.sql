-- Appending without a row per stream: the stream's last event is its head, and a lock on its name takes the place of the row's.
-- That halves what an append writes. Nor does it notify any more: NOTIFY makes commits queue one behind the other, so whoever has
-- appended tells the others in a statement of its own (wake-up.ts).

drop function waymark.append_events(text, bigint, uuid[], text[], integer[], text[], text[]);
drop table waymark.streams;

-- One order of text everywhere and for ever: a collation of the operating system may change under an index with its next release.
alter table waymark.events
  alter column stream_id type text collate "C",
  alter column category type text collate "C";
-- Lengths are counted apart: a bounded repetition like {1,128} costs a regular expression forty times as much, for every event.
alter table waymark.events
  add constraint events_stream_id_check check (
    stream_id ~ '^[a-z][a-z0-9_]*-[A-Za-z0-9_-]+$'
    and position('-' in stream_id) <= 65 and length(stream_id) - position('-' in stream_id) <= 128
  ),
  drop constraint events_type_check,
  add constraint events_type_check check (type ~ '^[A-Z][A-Za-z0-9]*$' and length(type) <= 100);

-- SHA-256 over the fields one after the other, each preceded by its length (docs/event-log.md). In both functions the lengths
-- that never change stand in the constants. Each is one expression, so that the planner puts it in the place of the call.
create function waymark.content_hash(p_id uuid, p_type text, p_version integer, p_data text, p_metadata text)
returns bytea
language sql
stable
return sha256(
  '\x00000012'::bytea || 'waymark-content-v1'::bytea
  || '\x00000024'::bytea || convert_to(p_id::text, 'UTF8')
  || int4send(octet_length(p_type)) || convert_to(p_type, 'UTF8')
  || int4send(octet_length(p_version::text)) || convert_to(p_version::text, 'UTF8')
  || int4send(octet_length(p_data)) || convert_to(p_data, 'UTF8')
  || int4send(octet_length(p_metadata)) || convert_to(p_metadata, 'UTF8')
);

create function waymark.chain_hash(p_previous bytea, p_revision bigint, p_recorded_at timestamptz, p_content bytea)
returns bytea
language sql
stable
return sha256(
  '\x00000010'::bytea || 'waymark-chain-v1'::bytea
  || '\x00000020'::bytea || p_previous
  || int4send(length(p_revision::text)) || convert_to(p_revision::text, 'UTF8')
  || '\x00000018'::bytea
  || convert_to(to_char(p_recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'UTF8')
  || '\x00000020'::bytea || p_content
);

create function waymark.stream_seed(p_stream text)
returns bytea
language sql
stable
return sha256(
  '\x00000011'::bytea || 'waymark-stream-v1'::bytea
  || int4send(octet_length(p_stream)) || convert_to(p_stream, 'UTF8')
);

-- What an append finds: the stream locked until the transaction's end, its head, and whether all this has been appended before.
-- Every refusal is raised, so that the caller's statement leaves nothing behind.
-- p_expected: a revision, or -1 the stream must not exist, -2 any, -3 it must exist.
create function waymark.open_stream(
  p_stream text,
  p_expected bigint,
  p_ids uuid[],
  out revision bigint,
  out hash bytea,
  out repeated_revision bigint,
  out repeated_position bigint
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known bigint;
  v_elsewhere bigint;
  v_together boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'appending needs READ COMMITTED' using errcode = 'WM008';
  end if;
  if not exists (
    select from waymark.category_grants g
    where g.role_name = session_user and g.category = split_part(p_stream, '-', 1) and g.may_append
  ) then
    raise exception 'role % may not append to category %', session_user, split_part(p_stream, '-', 1)
      using errcode = 'WM004';
  end if;

  -- Who appends to the same stream comes afterwards, and its statements see what this one has left: so positions rise with
  -- revisions. Streams whose names share a lock by chance merely wait for one another. (An assignment costs less than PERFORM.)
  v_together := pg_advisory_xact_lock(hashtextextended(p_stream, 0)) is null;
  -- Readers who find a gap wait for the holders of this lock, so it is taken before any position is drawn; and an import, which
  -- holds it alone, is waited for before anything is looked at.
  v_together := pg_advisory_xact_lock_shared(1463900525, 1) is null;

  -- Known ids come before the expected revision: the retry of an append whose answer was lost is no conflict.
  if exists (select from waymark.events e where e.event_id = any (p_ids)) then
    select count(*), count(*) filter (where e.stream_id <> p_stream) into v_known, v_elsewhere
    from waymark.events e where e.event_id = any (p_ids);
    if v_elsewhere > 0 then
      raise exception 'an event id is already in use in another stream' using errcode = 'WM002';
    end if;
    if v_known < cardinality(p_ids) then
      raise exception '% of % events are known already', v_known, cardinality(p_ids) using errcode = 'WM003';
    end if;
    select max(e.revision), max(e.position), bool_and(e.revision = f.first_revision + k.n - 1)
    into repeated_revision, repeated_position, v_together
    from unnest(p_ids) with ordinality as k (id, n)
    join waymark.events e on e.event_id = k.id,
    (select b.revision as first_revision from waymark.events b where b.event_id = p_ids[1]) f;
    if not v_together then
      raise exception 'all events are known already, but not as this batch' using errcode = 'WM003';
    end if;
    return;
  end if;

  select e.revision, e.hash into revision, hash
  from waymark.events e where e.stream_id = p_stream order by e.revision desc limit 1;
  if not found then
    revision := -1;
    hash := waymark.stream_seed(p_stream);
  end if;
  if p_expected >= 0 and p_expected <> revision
    or p_expected = -1 and revision <> -1
    or p_expected = -3 and revision = -1 then
    raise exception 'stream % is at revision %', p_stream, revision using errcode = 'WM001', detail = revision::text;
  end if;
end
$$;

-- One event: what almost every append is.
create function waymark.append_event(
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
  v_head record;
  v_recorded_at timestamptz;
  v_content bytea;
begin
  v_head := waymark.open_stream(p_stream, p_expected, array[p_id]);
  repeated := v_head.repeated_revision is not null;
  if repeated then
    revision := v_head.repeated_revision;
    "position" := v_head.repeated_position;
    return;
  end if;
  revision := v_head.revision + 1;
  "position" := nextval('waymark.event_position');
  v_recorded_at := date_trunc('milliseconds', clock_timestamp());
  v_content := waymark.content_hash(p_id, p_type, p_version, p_data, p_metadata);
  insert into waymark.events (
    position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
    recorded_at, content_hash, hash
  ) values (
    "position", p_stream, split_part(p_stream, '-', 1), revision, p_id, p_type, p_version, p_data, p_metadata,
    v_recorded_at, v_content, waymark.chain_hash(v_head.hash, revision, v_recorded_at, v_content)
  );
end
$$;

-- A batch: all of it or nothing.
create function waymark.append_events(
  p_stream text,
  p_expected bigint,
  p_ids uuid[],
  p_types text[],
  p_versions integer[],
  p_data text[],
  p_metadata text[],
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
  v_count constant integer := coalesce(cardinality(p_ids), 0);
  v_dims constant text := format('[1:%s]', v_count);
  v_head record;
  v_hash bytea;
  v_recorded_at timestamptz;
  v_contents bytea[];
  v_hashes bytea[] := '{}';
begin
  if v_count > 10000 then
    raise exception 'a batch holds at most 10000 events' using errcode = 'WM007';
  end if;
  if array_dims(p_ids) is distinct from v_dims or array_dims(p_types) is distinct from v_dims
    or array_dims(p_versions) is distinct from v_dims or array_dims(p_data) is distinct from v_dims
    or array_dims(p_metadata) is distinct from v_dims then
    raise exception 'a batch needs events, each of them whole' using errcode = 'WM006';
  end if;
  v_head := waymark.open_stream(p_stream, p_expected, p_ids);
  repeated := v_head.repeated_revision is not null;
  if repeated then
    revision := v_head.repeated_revision;
    "position" := v_head.repeated_position;
    return;
  end if;

  v_recorded_at := date_trunc('milliseconds', clock_timestamp());
  select array_agg(waymark.content_hash(b.id, b.type, b.version, b.data, b.metadata) order by b.n) into v_contents
  from unnest(p_ids, p_types, p_versions, p_data, p_metadata) with ordinality as b (id, type, version, data, metadata, n);
  v_hash := v_head.hash;
  for i in 1..v_count loop
    v_hash := waymark.chain_hash(v_hash, v_head.revision + i, v_recorded_at, v_contents[i]);
    v_hashes[i] := v_hash;
  end loop;

  -- Positions are drawn as the rows come, and these come in the order of the arrays.
  insert into waymark.events (
    position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
    recorded_at, content_hash, hash
  )
  select
    nextval('waymark.event_position'), p_stream, split_part(p_stream, '-', 1), v_head.revision + b.n,
    b.id, b.type, b.version, b.data, b.metadata, v_recorded_at, b.content, b.chained
  from unnest(p_ids, p_types, p_versions, p_data, p_metadata, v_contents, v_hashes)
    with ordinality as b (id, type, version, data, metadata, content, chained, n);
  revision := v_head.revision + v_count;
  "position" := currval('waymark.event_position');
end
$$;

revoke all on all functions in schema waymark from public;
