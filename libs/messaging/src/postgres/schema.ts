/** How many partitions a new topic gets, here as on Kafka. */
export const partitionsPerTopic = 6;

/** Wakes members; the payload is a topic with new messages, or `rebalance`. Nothing depends on its arrival. */
export const busChannel = 'waymark_bus';

/**
 * The bus in a database of its own. Roles touch no table: functions that know their caller by `session_user` do.
 * An offset is drawn under the lock of its partition's counter row, held until commit: commit order is offset order, without holes.
 */
export const busSchema = `
create schema if not exists bus;

create table if not exists bus.topics (
  topic text primary key,
  partitions integer not null
);
create table if not exists bus.partitions (
  topic text not null references bus.topics,
  partition integer not null,
  next_offset bigint not null default 0,
  primary key (topic, partition)
);
create table if not exists bus.messages (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  subject text not null,
  value bytea not null,
  published_at timestamptz not null default clock_timestamp(),
  primary key (topic, partition, "offset")
);
create table if not exists bus.group_offsets (
  owner name not null,
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  primary key (owner, consumer_group, topic, partition)
);
create table if not exists bus.access (
  role name not null,
  topic text not null,
  publish boolean not null default false,
  consume boolean not null default false,
  primary key (role, topic)
);

create or replace function bus.may(p_action text, p_topic text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select pg_has_role(session_user, current_user, 'usage') or exists (
    select from bus.access a
    where a.role = session_user and a.topic = p_topic
      and ((p_action = 'publish' and a.publish) or (p_action = 'consume' and a.consume) or p_action = 'create'))
$$;

create or replace function bus.require(p_action text, p_topic text) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not bus.may(p_action, p_topic) then
    raise exception '% may not % on topic %', session_user, p_action, p_topic using errcode = 'insufficient_privilege';
  end if;
end $$;

create or replace function bus.ensure_topics(p_topics text[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_topic text;
begin
  foreach v_topic in array p_topics loop
    continue when exists (select from bus.topics t where t.topic = v_topic);
    perform bus.require('create', v_topic);
    insert into bus.topics (topic, partitions) values (v_topic, ${partitionsPerTopic}) on conflict do nothing;
    insert into bus.partitions (topic, partition)
      select v_topic, p from generate_series(0, ${partitionsPerTopic} - 1) p on conflict do nothing;
  end loop;
end $$;

create or replace function bus.partition_of(p_subject text, p_partitions integer) returns integer
language sql immutable set search_path = pg_catalog as $$
  select (('x' || left(md5(p_subject), 8))::bit(32)::bigint & 2147483647)::integer % p_partitions
$$;

create or replace function bus.publish(p_topic text, p_subjects text[], p_values bytea[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  v_partitions integer;
begin
  perform bus.require('publish', p_topic);
  select partitions into v_partitions from bus.topics where topic = p_topic;
  if v_partitions is null then
    raise exception 'there is no topic %', p_topic using errcode = 'no_data_found';
  end if;
  perform from bus.partitions
    where topic = p_topic and partition in (select bus.partition_of(s, v_partitions) from unnest(p_subjects) s)
    order by partition for update;
  insert into bus.messages (topic, partition, "offset", subject, value)
    select p_topic, n.partition, c.next_offset + n.place - 1, n.subject, n.value
    from (
      select u.subject, u.value, p.partition, row_number() over (partition by p.partition order by u.ordinality) as place
      from unnest(p_subjects, p_values) with ordinality u(subject, value, ordinality)
      cross join lateral (select bus.partition_of(u.subject, v_partitions) as partition) p
    ) n
    join bus.partitions c on c.topic = p_topic and c.partition = n.partition;
  update bus.partitions c set next_offset = c.next_offset + n.messages
    from (select bus.partition_of(s, v_partitions) as partition, count(*) as messages from unnest(p_subjects) s group by 1) n
    where c.topic = p_topic and c.partition = n.partition;
  perform pg_notify('${busChannel}', p_topic);
end $$;

create or replace function bus.lag(p_group text, p_topics text[])
returns table (topic text, partition integer, behind bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select p.topic, p.partition, p.next_offset - coalesce(g.next_offset, 0)
  from bus.partitions p
  left join bus.group_offsets g
    on g.owner = session_user and g.consumer_group = p_group and g.topic = p.topic and g.partition = p.partition
  where p.topic = any (p_topics) and bus.may('consume', p.topic)
  order by p.topic, p.partition
$$;

create or replace function bus.fetch(p_group text, p_topic text, p_partition integer, p_limit integer)
returns table ("offset" bigint, value bytea)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform bus.require('consume', p_topic);
  return query
    select m."offset", m.value from bus.messages m
    where m.topic = p_topic and m.partition = p_partition and m."offset" >= coalesce((
      select g.next_offset from bus.group_offsets g
      where g.owner = session_user and g.consumer_group = p_group and g.topic = p_topic and g.partition = p_partition), 0)
    order by m."offset" limit p_limit;
end $$;

create or replace function bus.commit_offset(p_group text, p_topic text, p_partition integer, p_next bigint) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform bus.require('consume', p_topic);
  insert into bus.group_offsets as g (owner, consumer_group, topic, partition, next_offset)
    values (session_user, p_group, p_topic, p_partition, p_next)
    on conflict (owner, consumer_group, topic, partition) do update set next_offset = excluded.next_offset
    where g.next_offset < excluded.next_offset;
end $$;

revoke all on schema bus from public;
revoke all on all tables in schema bus from public;
revoke all on all functions in schema bus from public;
`;

/** What a role needs to call the bus at all; which topics it may use stands in `bus.access`. */
export const busFunctions = [
  'ensure_topics(text[])',
  'publish(text, text[], bytea[])',
  'lag(text, text[])',
  'fetch(text, text, integer, integer)',
  'commit_offset(text, text, integer, bigint)',
] as const;
