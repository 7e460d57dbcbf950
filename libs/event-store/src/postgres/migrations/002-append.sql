-- Appending: one call per batch, all or nothing, idempotent by event ids, chained by SHA-256 (docs/event-log.md).

-- p_expected: a revision, or -1 the stream must not exist, -2 any, -3 it must exist.
-- Every refusal is raised, so that the caller's statement leaves nothing behind, not even an empty stream row.
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
  v_category constant text := split_part(p_stream, '-', 1);
  v_revision bigint;
  v_hash bytea;
  v_known bigint;
  v_elsewhere bigint;
  v_recorded_at timestamptz;
  v_recorded_text bytea;
  v_revision_text bytea;
  v_content bytea;
  v_positions bigint[] := '{}';
  v_contents bytea[] := '{}';
  v_hashes bytea[] := '{}';
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'append_events needs READ COMMITTED' using errcode = 'WM008';
  end if;
  if not exists (
    select from waymark.category_grants g
    where g.role_name = session_user and g.category = v_category and g.may_append
  ) then
    raise exception 'role % may not append to category %', session_user, v_category using errcode = 'WM004';
  end if;
  if v_count > 10000 then
    raise exception 'a batch holds at most 10000 events' using errcode = 'WM007';
  end if;
  if v_count = 0 or cardinality(p_types) <> v_count or cardinality(p_versions) <> v_count
    or cardinality(p_data) <> v_count or cardinality(p_metadata) <> v_count then
    raise exception 'a batch needs events, each of them whole' using errcode = 'WM006';
  end if;

  -- The stream's row is locked until the end, so that its positions rise with its revisions.
  select s.revision, s.hash into v_revision, v_hash from waymark.streams s where s.stream_id = p_stream for update;
  if not found then
    insert into waymark.streams (stream_id, category, revision, hash)
    values (
      p_stream, v_category, -1,
      sha256(
        int4send(17) || convert_to('waymark-stream-v1', 'UTF8')
        || int4send(octet_length(p_stream)) || convert_to(p_stream, 'UTF8')
      )
    )
    on conflict do nothing;
    select s.revision, s.hash into strict v_revision, v_hash
    from waymark.streams s where s.stream_id = p_stream for update;
  end if;

  -- Known ids come before the expected revision: the retry of an append whose answer was lost is no conflict.
  select count(*), count(*) filter (where e.stream_id <> p_stream) into v_known, v_elsewhere
  from waymark.events e where e.event_id = any (p_ids);
  if v_known > 0 then
    if v_elsewhere > 0 then
      raise exception 'an event id is already in use in another stream' using errcode = 'WM002';
    end if;
    if v_known < v_count then
      raise exception '% of % events are known already', v_known, v_count using errcode = 'WM003';
    end if;
    select max(e.revision), max(e.position), bool_and(e.revision = f.first_revision + k.n - 1)
    into revision, "position", repeated
    from unnest(p_ids) with ordinality as k (id, n)
    join waymark.events e on e.event_id = k.id,
    (select b.revision as first_revision from waymark.events b where b.event_id = p_ids[1]) f;
    if not repeated then
      raise exception 'all events are known already, but not as this batch' using errcode = 'WM003';
    end if;
    return;
  end if;

  if p_expected >= 0 and p_expected <> v_revision
    or p_expected = -1 and v_revision <> -1
    or p_expected = -3 and v_revision = -1 then
    raise exception 'stream % is at revision %', p_stream, v_revision
      using errcode = 'WM001', detail = v_revision::text;
  end if;

  -- Readers who find a gap wait for the holders of this lock: take it before drawing any position.
  perform pg_advisory_xact_lock_shared(1463900525, 1);

  v_recorded_at := date_trunc('milliseconds', clock_timestamp());
  v_recorded_text := convert_to(to_char(v_recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'UTF8');
  for i in 1..v_count loop
    v_content := sha256(
      int4send(18) || convert_to('waymark-content-v1', 'UTF8')
      || int4send(36) || convert_to(p_ids[i]::text, 'UTF8')
      || int4send(octet_length(p_types[i])) || convert_to(p_types[i], 'UTF8')
      || int4send(octet_length(p_versions[i]::text)) || convert_to(p_versions[i]::text, 'UTF8')
      || int4send(octet_length(p_data[i])) || convert_to(p_data[i], 'UTF8')
      || int4send(octet_length(p_metadata[i])) || convert_to(p_metadata[i], 'UTF8')
    );
    v_revision_text := convert_to((v_revision + i)::text, 'UTF8');
    v_hash := sha256(
      int4send(16) || convert_to('waymark-chain-v1', 'UTF8')
      || int4send(32) || v_hash
      || int4send(octet_length(v_revision_text)) || v_revision_text
      || int4send(octet_length(v_recorded_text)) || v_recorded_text
      || int4send(32) || v_content
    );
    v_positions[i] := nextval('waymark.event_position');
    v_contents[i] := v_content;
    v_hashes[i] := v_hash;
  end loop;

  insert into waymark.events (
    position, stream_id, category, revision, event_id, type, schema_version, data, metadata,
    recorded_at, content_hash, hash
  )
  select
    b.drawn, p_stream, v_category, v_revision + b.n, b.id, b.type, b.version, b.data, b.metadata,
    v_recorded_at, b.content, b.chained
  from unnest(v_positions, p_ids, p_types, p_versions, p_data, p_metadata, v_contents, v_hashes)
    with ordinality as b (drawn, id, type, version, data, metadata, content, chained, n);

  revision := v_revision + v_count;
  "position" := v_positions[v_count];
  repeated := false;
  update waymark.streams s set revision = v_revision + v_count, hash = v_hash where s.stream_id = p_stream;
  -- Only who follows this category need look; a payload that stands already for this transaction is sent once.
  perform pg_notify('waymark_events', v_category);
end
$$;

revoke all on function waymark.append_events(text, bigint, uuid[], text[], integer[], text[], text[]) from public;
