-- As before, and refuses whoever has read further than the log reaches.

-- Returns the page's events and then one row without event_id: its position is how far the page has looked, its data
-- a JSON object {settled, fence, waitingFor, blocked} which the reader hands back with its next call.
--   settled:    no transaction alive can still put an event at or below this position.
--   fence:      becomes settled when none of waitingFor is alive any more.
--   blocked:    there is more, but behind a gap that somebody may still fill.
-- A reader that hands back something untrue deceives nobody but itself.
-- VOLATILE and READ COMMITTED, because every statement below has to see what was committed before it began.
create or replace function waymark.read_all(
  p_after bigint,
  p_limit integer,
  p_categories text[],
  p_settled bigint,
  p_fence bigint,
  p_waiting_for text[]
)
returns table (
  "position" bigint, stream_id text, revision bigint, event_id uuid, type text, schema_version integer,
  data text, metadata text, recorded_at timestamptz, hash bytea
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_categories text[] := p_categories;
  v_from bigint := p_after;
  v_left bigint := p_limit;
  v_settled bigint := coalesce(p_settled, 0);
  v_fence bigint := p_fence;
  v_waiting_for text[] := coalesce(p_waiting_for, '{}');
  v_blocked boolean := false;
  v_run bigint;
  v_head bigint;
  v_holders text[];
  v_upto bigint;
  v_rows bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'read_all needs READ COMMITTED' using errcode = 'WM008';
  end if;
  if pg_is_in_recovery() then
    raise exception 'read_all has to see the appenders'' locks, which a standby does not show' using errcode = 'WM008';
  end if;

  if not exists (
    select from waymark.category_grants g
    where g.role_name = session_user and g.category = '*' and g.may_read
  ) then
    select coalesce(array_agg(g.category), '{}') into v_categories
    from waymark.category_grants g where g.role_name = session_user and g.may_read;
    if p_categories is not null then
      if not p_categories <@ v_categories then
        raise exception 'role % may read %, not %', session_user, v_categories, p_categories using errcode = 'WM004';
      end if;
      v_categories := p_categories;
    end if;
  end if;

  -- The common page: no filter and no gap, one range scan. A row belongs to the unbroken run as long as its position is
  -- as far from the start as its number in the page.
  if v_categories is null then
    return query
      select r.position, r.stream_id, r.revision, r.event_id, r.type, r.schema_version,
        r.data, r.metadata, r.recorded_at, r.hash
      from (
        select e.*, row_number() over (order by e.position) as n
        from waymark.events e where e.position > p_after order by e.position limit p_limit
      ) r
      where r.position = p_after + r.n;
    get diagnostics v_rows = row_count;
    v_from := v_from + v_rows;
    v_left := v_left - v_rows;
  end if;

  -- No log reaches less far than it did, unless it was set back to an earlier moment. Whoever has read further would pass over
  -- what is appended from now on. The largest position of all asks for the end, and has not been there.
  if v_left > 0 and p_after < 9223372036854775807 and exists (
    select from waymark.event_position s
    where greatest(p_after, v_settled, v_fence) >= s.last_value + s.is_called::integer
  ) then
    raise exception 'position % was read, but the log does not reach that far: it was set back', greatest(p_after, v_settled, v_fence)
      using errcode = 'WM010';
  end if;

  if v_left > 0 then
    v_upto := v_settled;
    if v_from >= v_settled then
      select coalesce(max(r.position), v_from) into v_run
      from (
        select e.position, row_number() over (order by e.position) as n
        from waymark.events e where e.position > v_from order by e.position limit 5000
      ) r
      where r.position = v_from + r.n;
      v_upto := v_run;

      select coalesce(max(e.position), 0) into v_head from waymark.events e;
      if v_head > v_run then
        -- Every position up to the head has been drawn, each by somebody who took the appenders' lock before. So look
        -- at the lock only now: whoever does not hold it has ended, and the next statement sees what he left.
        select coalesce(array_agg(distinct l.virtualtransaction), '{}') into v_holders
        from pg_locks l
        where l.locktype = 'advisory' and l.classid = 1463900525 and l.objid = 1 and l.objsubid = 2
          and l.mode = 'ShareLock' and l.granted
          and l.database = (select d.oid from pg_database d where d.datname = current_database());
        if v_holders = '{}' then
          v_settled := v_head;
        elsif v_fence is null then
          v_fence := v_head;
          v_waiting_for := v_holders;
        else
          -- A prepared transaction keeps its name until the server restarts and is called -1/xid from then on, so one of
          -- that name may be any of ours.
          v_waiting_for := array(
            select h from unnest(v_holders) h where h = any (v_waiting_for) or h like '-1/%'
          );
          if v_waiting_for = '{}' then
            v_settled := greatest(v_settled, v_fence);
            v_fence := v_head;
            v_waiting_for := v_holders;
          end if;
        end if;
        v_upto := greatest(v_run, v_settled);
        v_blocked := v_head > v_upto;
      end if;
    end if;

    -- Up to here nothing can change any more: what is missing is missing for good.
    if v_upto > v_from then
      if v_categories is null then
        return query
          select e.position, e.stream_id, e.revision, e.event_id, e.type, e.schema_version,
            e.data, e.metadata, e.recorded_at, e.hash
          from waymark.events e
          where e.position > v_from and e.position <= v_upto order by e.position limit v_left;
        get diagnostics v_rows = row_count;
        if v_rows = v_left then
          select max(r.position) into v_upto
          from (
            select e.position from waymark.events e
            where e.position > v_from and e.position <= v_upto order by e.position limit v_left
          ) r;
        end if;
      else
        -- The wanted positions of each category come from its index, the events of the lowest of them only.
        select max(r.position), count(*) into v_run, v_rows
        from (
          select w.position
          from unnest(v_categories) c (category)
          cross join lateral (
            select e.position from waymark.events e
            where e.category = c.category and e.position > v_from and e.position <= v_upto
            order by e.position limit v_left
          ) w
          order by w.position limit v_left
        ) r;
        if v_rows = v_left then
          v_upto := v_run;
        end if;
        return query
          select e.position, e.stream_id, e.revision, e.event_id, e.type, e.schema_version,
            e.data, e.metadata, e.recorded_at, e.hash
          from unnest(v_categories) c (category)
          join waymark.events e on e.category = c.category
          where e.position > v_from and e.position <= v_upto
          order by e.position;
      end if;
      v_from := v_upto;
    end if;
  end if;

  if v_fence <= v_settled then
    v_fence := null;
    v_waiting_for := '{}';
  end if;
  return query select v_from, null::text, null::bigint, null::uuid, null::text, null::integer,
    json_build_object(
      'settled', v_settled::text, 'fence', v_fence::text, 'waitingFor', v_waiting_for, 'blocked', v_blocked
    )::text,
    null::text, null::timestamptz, null::bytea;
end
$$;
