-- Writing the history of many records takes time by their number, not by its square. And a record becomes JSON without the
-- name of its CRS, which PostGIS looks up for every geometry: that was two thirds of what history costs a record.

-- The row with its geometries as RFC 7946 has them; null for those that are not given.
create function record_json(of_row anyelement, geom geometry, public_geom geometry) returns jsonb
language sql
stable
as $$
  select to_jsonb(jsonb_populate_record(of_row, '{"geom": null, "public_geom": null}'))
    || jsonb_build_object('geom', st_asgeojson(geom, 15, 0)::jsonb, 'public_geom', st_asgeojson(public_geom, 15, 0)::jsonb)
$$;

-- A record that is deleted is not placed again.
create or replace function asset_before_write() returns trigger
language plpgsql
as $$
declare
  today constant date := current_date;
  public_columns constant text[] := tg_argv[0]::text[];
  bare record;
  was jsonb;
  is_now jsonb;
begin
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception 'the id of a record never changes' using errcode = 'check_violation', constraint = 'asset_id_is_final';
    end if;
    new.version := old.version + 1;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
    new.updated_at := now();
    if old.deleted_at is null and new.deleted_at is not null
      and (new.geom, new.declared_commune_code, new.declared_on, new.hamlet_id, new.code, new.name, new.address)
        is not distinct from (old.geom, old.declared_commune_code, old.declared_on, old.hamlet_id, old.code, old.name, old.address) then
      -- Where it lies and what it is found by stay as they were; both are found anew when it comes back.
      new.public_version := old.public_version + case
        when not old.public and old.public_version = 1 then 0
        when new.public or old.public then 1 else 0 end;
      return new;
    end if;
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
    bare := old;
    bare.geom := null;
    bare.public_geom := null;
    was := to_jsonb(bare);
    bare := new;
    bare.geom := null;
    bare.public_geom := null;
    is_now := to_jsonb(bare);
    new.public_version := old.public_version + case
      -- Hidden until now: to strangers this is the first version.
      when not old.public and old.public_version = 1 then 0
      when (new.public or old.public) and (new.public_geom is distinct from old.public_geom or exists (
        select 1
        from unnest(public_columns || '{public,public_commune_code,deleted_at,decommissioned_on}') as c (name)
        where was -> c.name is distinct from is_now -> c.name
      )) then 1 else 0 end;
  end if;
  return new;
end
$$;

-- Both run as their owner, as service_role.sql has it: replacing them takes that away, and the service may be writing.
create or replace function asset_after_insert() returns trigger
language plpgsql
security definer set search_path = public, pg_temp
as $$
begin
  with rows as materialized (
    select n.id, n.version, n.public_version, n.effective_on, n.created_at, n.created_by, n.commune_id, n.hamlet_id, n.public,
      record_json(n, n.geom, n.public_geom) as record
    from new_rows n
  ), kept as (
    insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
    select collection_of(tg_table_name), r.id, r.version, 'create', r.effective_on, r.created_at, r.created_by,
      nullif(current_setting('hatang.reason', true), ''),
      nullif(current_setting('hatang.batch', true), '')::bigint,
      nullif(current_setting('hatang.confirmed', true), '')::text[],
      jsonb_strip_nulls(r.record) - '{search,public_search}'::text[]
    from rows r
  )
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    is_commune_id, is_hamlet_id, is_operator, is_public)
  select collection_of(tg_table_name), r.id, 'create', r.version, case when r.public then 'create' end, r.public_version,
    r.created_at, r.commune_id, r.hamlet_id, r.record ->> 'operator', r.public
  from rows r;
  return null;
end
$$;

create or replace function asset_after_update() returns trigger
language plpgsql
security definer set search_path = public, pg_temp
-- The plan is kept for the session: made for one row, it would compare each of 100,000 old rows with each new one.
set enable_nestloop = off
as $$
begin
  with pairs as materialized (
    select n.id, n.version, n.public_version, n.effective_on, n.updated_at, n.updated_by, n.commune_id, n.hamlet_id,
      o.commune_id as was_commune_id, o.hamlet_id as was_hamlet_id,
      o.deleted_at is null as was_alive, n.deleted_at is null as is_alive,
      o.public and o.deleted_at is null as was_public,
      n.public and n.deleted_at is null as is_public,
      n.public_version <> o.public_version as changed_in_public,
      -- A geometry only where it is another.
      record_json(o, case when m.moved then o.geom end, case when m.shown_elsewhere then o.public_geom end) as was,
      record_json(n, case when m.moved then n.geom end, case when m.shown_elsewhere then n.public_geom end) as record
    from new_rows n
    join old_rows o on o.id = n.id
    cross join lateral (
      select n.geom is distinct from o.geom as moved, n.public_geom is distinct from o.public_geom as shown_elsewhere
    ) m
  ), kept as (
    insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes)
    select collection_of(tg_table_name), r.id, r.version,
      case when r.was_alive and not r.is_alive then 'delete' when not r.was_alive and r.is_alive then 'restore' else 'update' end,
      r.effective_on, r.updated_at, r.updated_by,
      nullif(current_setting('hatang.reason', true), ''),
      nullif(current_setting('hatang.batch', true), '')::bigint,
      nullif(current_setting('hatang.confirmed', true), '')::text[],
      (
        select coalesce(jsonb_object_agg(c.key, c.value), '{}')
        from jsonb_each(r.record - '{search,public_search}'::text[]) c
        where c.value is distinct from r.was -> c.key
      )
    from pairs r
  )
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    was_commune_id, is_commune_id, was_hamlet_id, is_hamlet_id, was_operator, is_operator, was_public, is_public)
  select collection_of(tg_table_name), r.id, feed_op(r.was_alive, r.is_alive, true), r.version,
    feed_op(r.was_public, r.is_public, r.changed_in_public), r.public_version, r.updated_at,
    r.was_commune_id, r.commune_id, r.was_hamlet_id, r.hamlet_id, r.was ->> 'operator', r.record ->> 'operator',
    r.was_public, r.is_public
  from pairs r
  where feed_op(r.was_alive, r.is_alive, true) is not null;
  return null;
end
$$;
