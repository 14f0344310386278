-- The history of statements: declared figures, baselines, availability. The triggers run for a statement, over all its
-- rows at once, and as the owner of the tables: the role of the service may not write history itself. The setting
-- hatang.actor holds the author.

-- Adds to the history what statements were before a write, and what they are after it: two lists in the same order.
create or replace function keep_statements(of_kind text, author text, was jsonb[], become jsonb[]) returns void
language sql
as $$
  insert into statement_versions (kind, statement_id, unit_id, hamlet_id, op, by, before, after)
  select of_kind, (s.stated ->> 'id')::bigint, (s.stated ->> 'unit_id')::bigint, (s.stated ->> 'hamlet_id')::bigint,
    case when r.before is null then 'create' when r.after is null then 'withdraw' else 'update' end, author, r.before, r.after
  from unnest(was, become) as r (before, after)
  cross join lateral (select coalesce(r.after, r.before) as stated) s
$$;

create or replace function record_statements() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
declare
  author constant text := coalesce(nullif(current_setting('hatang.actor', true), ''), session_user);
begin
  if tg_op = 'INSERT' then
    perform keep_statements(tg_argv[0], author, null, array(select to_jsonb(n) from new_rows n order by n.id));
  elsif tg_op = 'UPDATE' then
    perform keep_statements(tg_argv[0], author, array(select to_jsonb(o) from old_rows o order by o.id),
      array(select to_jsonb(n) from new_rows n order by n.id));
  else
    perform keep_statements(tg_argv[0], author, array(select to_jsonb(o) from old_rows o order by o.id), null);
  end if;
  return null;
end
$$;

do $$
declare
  said record;
begin
  for said in
    select *
    from (values ('declared_indicators', 'indicators'), ('declared_values', 'values'),
      ('declared_baselines', 'baselines'), ('availability', 'availability')) as t (name, kind)
  loop
    execute format('create or replace trigger %I after insert on %I referencing new table as new_rows
      for each statement execute function record_statements(%L)', said.name || '_stated', said.name, said.kind);
    execute format('create or replace trigger %I after update on %I referencing old table as old_rows new table as new_rows
      for each statement execute function record_statements(%L)', said.name || '_restated', said.name, said.kind);
    execute format('create or replace trigger %I after delete on %I referencing old table as old_rows
      for each statement execute function record_statements(%L)', said.name || '_withdrawn', said.name, said.kind);
  end loop;
end
$$;

create or replace trigger declared_indicators_written
after insert or update or delete on declared_indicators
for each statement execute function reference_written();

create or replace trigger declared_values_written
after insert or update or delete on declared_values
for each statement execute function reference_written();

create or replace trigger statement_versions_final
before update or delete or truncate on statement_versions
for each statement execute function audit_is_final();

-- The communes and hamlets of on_day that a version of a unit stands for, to compare with grants.
create or replace function unit_ground(unit_id bigint, on_day date, out communes bigint[], out hamlets bigint[])
language sql
stable
as $$
  select
    -- A commune is followed by itself: unit_scope() reads every commune, which takes too long for a list of communes.
    case when u.level = 'commune' then array(select unit_on(u.id, on_day)) else s.communes end,
    s.hamlets
  from admin_units u
  left join lateral unit_scope(u.code, u.valid_from, on_day) s on u.level <> 'commune'
  where u.id = unit_id
$$;
