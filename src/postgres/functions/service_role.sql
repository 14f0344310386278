-- The rights of hatang_app, the role of the service. The owner of the tables runs this after everything else. The
-- service can then neither alter tables nor change or remove history and the audit trail, even if somebody takes it
-- over. It adds to them through triggers and functions of the owner.
-- Without the role nothing happens: a database of your own may have one role for everything.
do $$
declare
  -- Only functions of the owner, or commands of the program, write to these.
  read_only constant text[] := '{__diesel_schema_migrations,applied_functions,asset,layers,feed,reference_state,versions,changes,statement_versions,audit_seals,audit_unsealed}';
  add_only constant text[] := '{audit,batches}';
  never_deleted constant text[] := '{accounts,grants}' || array(select replace(collection, '-', '_') from layers);
  found record;
begin
  if not exists (select from pg_roles where rolname = 'hatang_app') then
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
      when found.name = any(never_deleted) then 'select, insert, update'
      else 'select, insert, update, delete' end, found.name);
  end loop;
end
$$;
