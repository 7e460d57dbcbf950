/**
 * Lets the inbox know a message that comes again also when it comes with another number: its id is looked for in the marks of its key
 * wherever they stand, before it is taken for the next. One that had its effect has no second one, and takes its new number, so that
 * the key goes on behind it. A message that nobody knows, with a number that was had, is out of sequence as before.
 * Applied once, after \`inboxForgettingMigration\`.
 */
export const inboxMovedNumbersMigration = `
create function inbox_had(p_consumer text, p_source text, p_subject text, p_id text) returns boolean language sql stable as $$
  select exists (select from inbox i where i.consumer = p_consumer and i.message_id = p_id)
    or exists (
      select from inbox_sequence s
      where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject
        and position(inbox_mark(p_id) in s.marks) > 0)
$$;

create or replace function inbox_locate(p_consumer text, p_source text, p_subject text, p_id text, p_sequence bigint, p_last bigint,
  out place text, out last_sequence bigint, out some_waiting boolean)
language plpgsql stable as $$
begin
  last_sequence := p_last;
  some_waiting := exists (
    select from inbox_waiting w where w.consumer = p_consumer and w.source = p_source and w.subject = p_subject);
  place := case
    when inbox_had(p_consumer, p_source, p_subject, p_id)
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
  end if;
  -- What lies in dead letters has had no effect: its key does not go on behind it.
  if place = 'next'
    or place = 'repeat' and p_sequence = v_last + 1 and inbox_had(p_consumer, p_source, p_subject, p_id) then
    update inbox_sequence s set last_sequence = p_sequence
      where s.consumer = p_consumer and s.source = p_source and s.subject = p_subject;
  end if;
end
$$;
`;
