-- As they were before.

create or replace function asset_before_write() returns trigger
language plpgsql
as $$
declare
  today constant date := current_date;
  public_columns constant text[] := tg_argv[0]::text[];
  was jsonb;
begin
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception 'the id of a record never changes' using errcode = 'check_violation', constraint = 'asset_id_is_final';
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
    new.updated_at := now();
  end if;
  if new.hamlet_id is not null
    and not exists (select from admin_units u where u.id = new.hamlet_id and u.level = 'hamlet') then
    raise exception 'unit % is no hamlet', new.hamlet_id
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_hamlet_fkey';
  end if;
  new.search := fold(concat_ws(' ', new.code, new.name, new.address));
  new.public_search := coalesce(new.public_search, new.search);

  new.commune_id := coalesce(commune_at(new.geom, today),
    case when new.geom is null then declared_commune(new.declared_commune_code, new.declared_on, today) end);
  new.commune_code := (select u.code from admin_units u where u.id = new.commune_id);
  new.public_commune_code := case
    when new.public_geom is null or new.public_geom = new.geom then new.commune_code
    else (select u.code from admin_units u where u.id = commune_at(new.public_geom, today)) end;

  if tg_op = 'UPDATE' then
    was := to_jsonb(old);
    new.public_version := old.public_version + case
      -- Hidden until now: to strangers this is the first version.
      when not old.public and old.public_version = 1 then 0
      when (new.public or old.public) and exists (
        select 1
        from unnest(public_columns || '{public,public_geom,public_commune_code,deleted_at,decommissioned_on}') as c (name)
        where was -> c.name is distinct from to_jsonb(new) -> c.name
      ) then 1 else 0 end;
  end if;
  return new;
end
$$;

create or replace function asset_after_insert() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
  select collection_of(tg_table_name), n.id, n.version, 'create', n.effective_on, n.created_at, n.created_by,
    nullif(current_setting('hatang.reason', true), ''),
    nullif(current_setting('hatang.batch', true), '')::bigint,
    nullif(current_setting('hatang.confirmed', true), '')::text[],
    jsonb_strip_nulls(to_jsonb(n)) - '{search,public_search}'::text[]
  from new_rows n;
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    is_commune_id, is_hamlet_id, is_operator, is_public)
  select collection_of(tg_table_name), n.id, 'create', n.version, case when n.public then 'create' end, n.public_version,
    n.created_at, n.commune_id, n.hamlet_id, to_jsonb(n) ->> 'operator', n.public
  from new_rows n;
  return null;
end
$$;

create or replace function asset_after_update() returns trigger
language plpgsql
as $$
begin
  insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
  select collection_of(tg_table_name), n.id, n.version,
    case when o.deleted_at is null and n.deleted_at is not null then 'delete'
      when o.deleted_at is not null and n.deleted_at is null then 'restore' else 'update' end,
    n.effective_on, n.updated_at, n.updated_by,
    nullif(current_setting('hatang.reason', true), ''),
    nullif(current_setting('hatang.batch', true), '')::bigint,
    nullif(current_setting('hatang.confirmed', true), '')::text[],
    (
      select coalesce(jsonb_object_agg(c.key, c.value), '{}')
      from jsonb_each(to_jsonb(n) - '{search,public_search}'::text[]) c
      where c.value is distinct from to_jsonb(o) -> c.key
    )
  from new_rows n
  join old_rows o on o.id = n.id;

  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    was_commune_id, is_commune_id, was_hamlet_id, is_hamlet_id, was_operator, is_operator, was_public, is_public)
  select collection_of(tg_table_name), s.id, s.op, s.version,
    feed_op(s.was_public, s.is_public, s.changed_in_public), s.public_version, s.updated_at,
    s.was_commune_id, s.commune_id, s.was_hamlet_id, s.hamlet_id, s.was_operator, s.operator, s.was_public, s.is_public
  from (
    select n.id, n.version, n.public_version, n.updated_at, n.commune_id, n.hamlet_id,
      o.commune_id as was_commune_id, o.hamlet_id as was_hamlet_id,
      to_jsonb(o) ->> 'operator' as was_operator, to_jsonb(n) ->> 'operator' as operator,
      feed_op(o.deleted_at is null, n.deleted_at is null, true) as op,
      o.public and o.deleted_at is null as was_public,
      n.public and n.deleted_at is null as is_public,
      n.public_version <> o.public_version as changed_in_public
    from new_rows n
    join old_rows o on o.id = n.id
  ) s
  where s.op is not null;
  return null;
end
$$;
