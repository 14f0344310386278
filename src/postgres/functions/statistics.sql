-- Updates the statistics of a table after a large write. The role of the service owns no table, so PostgreSQL skips its
-- ANALYZE with a warning. After an import of 100,000 rows the planner took the tables for empty until autovacuum ran,
-- and planning the same list took 45 or 97 seconds.

create or replace function refresh_statistics(of_table text) returns void
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  if of_table <> 'import_rows' and not exists (select from layers l where replace(l.collection, '-', '_') = of_table) then
    raise exception 'no statistics are kept of % here', of_table using errcode = 'insufficient_privilege';
  end if;
  execute format('analyze (skip_locked) %I', of_table);
end
$$;
