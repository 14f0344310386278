-- What the service's own role may do, applied after the migrations: they run as the owner of the tables, the service as
-- `hatang_app`. History and the audit trail so outlive whoever gets hold of the service: it adds to them through triggers
-- and functions of the owner, and can neither change nor remove what is there, nor alter a table.
-- Idempotent. Without the role nothing happens: a PostgreSQL of one's own may have one role for all.
do $$
declare
  -- Read only: written by the owner's functions, or by verbs of the command line.
  read_only constant text[] := '{__diesel_schema_migrations,asset,layers,feed,reference_state,versions,changes,admin_units,admin_changes}';
  -- Only ever added to.
  add_only constant text[] := '{audit,batches}';
  -- Never removed.
  kept constant text[] := '{accounts,grants}' || array(select replace(collection, '-', '_') from layers);
  -- What writes to the tables above on behalf of whoever writes an asset or reads the feed.
  of_owner constant text[] := '{number_changes,asset_after_insert,asset_after_update,reference_written}';
  found record;
begin
  if not exists (select from pg_roles where rolname = 'hatang_app') then
    raise notice 'there is no role hatang_app: the service runs as the owner of the tables';
    return;
  end if;
  execute format('grant connect, temporary on database %I to hatang_app', current_database());
  grant usage on schema public to hatang_app;
  for found in
    select c.relname as name, c.relkind as kind
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
      and pg_has_role(c.relowner, 'usage')
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
  loop
    if found.kind = 'S' then
      execute format('grant usage, select on sequence %I to hatang_app', found.name);
      continue;
    end if;
    execute format('revoke all on %I from hatang_app', found.name);
    execute format('grant %s on %I to hatang_app', case
      when found.name = any(read_only) or found.kind in ('v', 'm') then 'select'
      when found.name = any(add_only) then 'select, insert'
      when found.name = any(kept) then 'select, insert, update'
      else 'select, insert, update, delete' end, found.name);
  end loop;
  for found in
    select p.oid::regprocedure as signature
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any(of_owner)
  loop
    -- With a fixed path, so that nobody's objects come before ours.
    execute format('alter function %s security definer set search_path = public, pg_temp', found.signature);
  end loop;
end
$$;
