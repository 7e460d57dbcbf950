/**
 * Lets the inbox forget the rows of old messages: of each, eight bytes of a hash of its id stay in the row of its key, at the place of
 * its sequence. That tells a message that comes again from another one that was given the same number, for as long as the key is
 * known. A row that was noted before this migration says nothing of its key and stays; so does a second one for the same number.
 * Applied once, after \`inboxStepsMigration\`.
 */
export const inboxForgettingMigration = `
alter table inbox add column source text, add column subject text, add column sequence bigint;
alter table inbox_sequence add column marks bytea not null default '';
create index inbox_to_forget on inbox (consumer, received_at) where sequence is not null;

create function inbox_mark(p_id text) returns bytea language sql immutable as
  $$ select substring(sha256(convert_to(p_id, 'UTF8')) from 1 for 8) $$;
create function inbox_mark_at(p_marks bytea, p_sequence bigint) returns bytea language sql immutable as
  $$ select case when p_sequence * 8 <= length(p_marks)
       then substring(p_marks from ((p_sequence - 1) * 8 + 1)::integer for 8) end $$;

create or replace function inbox_locate(p_consumer text, p_source text, p_subject text, p_id text, p_sequence bigint, p_last bigint,
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
          and d.message_id = p_id)
      or (p_sequence <= p_last and exists (
        select from inbox_sequence s
        where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject
          and inbox_mark_at(s.marks, p_sequence) = inbox_mark(p_id))) then 'repeat'
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

create or replace function inbox_take(p_consumer text, p_source text, p_subject text, p_id text, p_sequence bigint, p_now timestamptz,
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
    insert into inbox (consumer, message_id, received_at, source, subject, sequence)
      values (p_consumer, p_id, p_now, p_source, p_subject, p_sequence);
    if some_waiting then
      delete from inbox_waiting w where w.consumer = p_consumer and w.message_id = p_id;
    end if;
    update inbox_sequence s set last_sequence = p_sequence
      where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject;
  end if;
end
$$;

create function inbox_forget(p_consumer text, p_before timestamptz, p_limit integer) returns integer
language plpgsql as $$
declare
  r record;
  v_marks bytea;
  v_missing bigint;
  v_forgotten integer := 0;
begin
  for r in
    select i.message_id, i.source, i.subject, i.sequence from inbox i
    where i.consumer = p_consumer and i.received_at < p_before and i.sequence is not null
    order by i.received_at limit p_limit
  loop
    -- Who handles a message of the key holds its row: that key's turn comes later.
    select s.marks into v_marks from inbox_sequence s
      where s.consumer = p_consumer and s.source = r.source and s.subject = r.subject and s.last_sequence >= r.sequence
      for update skip locked;
    continue when not found;
    v_missing := r.sequence * 8 - length(v_marks);
    if v_missing > 0 then
      v_marks := v_marks || decode(repeat('00', v_missing::integer), 'hex');
    end if;
    if inbox_mark_at(v_marks, r.sequence) not in (inbox_mark(r.message_id), decode(repeat('00', 8), 'hex')) then
      update inbox i set sequence = null where i.consumer = p_consumer and i.message_id = r.message_id;
      continue;
    end if;
    update inbox_sequence s
      set marks = overlay(v_marks placing inbox_mark(r.message_id) from ((r.sequence - 1) * 8 + 1)::integer)
      where s.consumer = p_consumer and s.source = r.source and s.subject = r.subject;
    delete from inbox i where i.consumer = p_consumer and i.message_id = r.message_id;
    v_forgotten := v_forgotten + 1;
  end loop;
  return v_forgotten;
end
$$;
`;
