-- Keeps the appenders' lock out of the hands of everybody but the log's own functions: whoever held it for a session would
-- hold up every reader at the next gap. Advisory locks know no rights, so the functions that take them are closed in this
-- database. It is the log's alone; what else needs such locks (the bus, the relay) has databases of its own.

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
  loop
    -- Only a superuser can; of anybody else PostgreSQL takes no notice but a warning.
    execute format('revoke all on function %s from public', v_function);
  end loop;
end
$$;
