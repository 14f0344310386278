-- Adds to versions and to the change feed what each write of a record changed. The triggers run for a statement, over
-- all its rows at once, and as the owner of the tables: the role of the service may not write history itself. The
-- settings hatang.reason, hatang.batch and hatang.confirmed hold what the writer stated of the whole write, the table
-- stated_fields what a row does not show: fields stated with the value that they have, or that a later statement holds.

-- The collection of a table: wifi_points is wifi-points.
create or replace function collection_of(table_name text) returns text
language sql
immutable parallel safe
as $$ select replace(table_name, '_', '-') $$;

-- The changes of several versions, merged in order.
create or replace aggregate jsonb_merge(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');

-- What a version states: of the first version only what its writer gave, since defaults are no statements.
create or replace function stated_by(v versions) returns jsonb
language sql
immutable parallel safe
as $$
  select case when v.version > 1 or v.stated is null then v.changes else (
    select coalesce(jsonb_object_agg(c.key, c.value), '{}') from jsonb_each(v.changes) c where c.key = any(v.stated)
  ) end
$$;

-- The columns of a record for which a day after the given one has a statement. A day of installation has no later
-- statement: what was written last corrects the past.
create or replace function later_fields(of_collection text, record bigint, on_day date) returns text[]
language sql
stable
as $$
  select array(
    select distinct c.name
    from versions v
    cross join lateral jsonb_object_keys(stated_by(v)) as c (name)
    where v.collection = of_collection and v.record_id = record and v.effective_on > on_day
      and c.name not in ('installed_on', 'deleted_at', 'effective_on', 'verified_at', 'verified_by'))
$$;

-- How a write looks to a reader who sees the record only while it is visible; null if that reader notices nothing.
create or replace function feed_op(was_visible boolean, is_visible boolean, changed boolean) returns text
language sql
immutable parallel safe
as $$
  select case
    when is_visible and not was_visible then 'create'
    when was_visible and not is_visible then 'delete'
    when is_visible and changed then 'update' end
$$;

-- A row as JSON, with the given geometries as in RFC 7946. The CRS is left out: PostGIS looks up its name for each
-- geometry, which took two thirds of the time that history needs for a record.
create or replace function record_json(of_row anyelement, geom geometry, public_geom geometry) returns jsonb
language sql
stable
as $$
  select to_jsonb(jsonb_populate_record(of_row, '{"geom": null, "public_geom": null}'))
    || jsonb_build_object('geom', st_asgeojson(geom, 15, 0)::jsonb, 'public_geom', st_asgeojson(public_geom, 15, 0)::jsonb)
$$;

-- After an insertion: for each record its first version and the change.
create or replace function asset_after_insert() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
as $$
begin
  with rows as materialized (
    select n.id, n.version, n.public_version, n.effective_on, n.created_at, n.created_by, n.commune_id, n.hamlet_id, n.public,
      record_json(n, n.geom, n.public_geom) as record
    from new_rows n
  ), kept as (
    insert into versions (collection, record_id, version, op, effective_on, at, by, reason, batch_id, confirmed, changes, stated)
    select collection_of(tg_table_name), r.id, r.version, 'create', r.effective_on, r.created_at, r.created_by,
      nullif(current_setting('hatang.reason', true), ''),
      nullif(current_setting('hatang.batch', true), '')::bigint,
      nullif(current_setting('hatang.confirmed', true), '')::text[],
      jsonb_strip_nulls(r.record) - '{search,public_search}'::text[],
      case when s.said is not null then array(select jsonb_object_keys(s.said)) end
    from rows r
    left join stated_fields s on s.collection = collection_of(tg_table_name) and s.record_id = r.id
  )
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    is_commune_id, is_hamlet_id, is_operator, is_public)
  select collection_of(tg_table_name), r.id, 'create', r.version, case when r.public then 'create' end, r.public_version,
    r.created_at, r.commune_id, r.hamlet_id, r.record ->> 'operator', r.public
  from rows r;
  insert into summary_queue (collection, record_id) select collection_of(tg_table_name), n.id from new_rows n;
  delete from stated_fields s using new_rows n where s.collection = collection_of(tg_table_name) and s.record_id = n.id;
  return null;
end
$$;

-- After an update: for each record its next version, and the change if any reader can see it.
create or replace function asset_after_update() returns trigger
language plpgsql
security definer
set search_path = public, pg_temp
-- The plan is kept for the session. A plan made for one row would compare each of 100,000 old rows with each new one.
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
      -- Only geometries that changed.
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
      coalesce(s.said, '{}') || (
        select coalesce(jsonb_object_agg(c.key, c.value), '{}')
        from jsonb_each(r.record - '{search,public_search}'::text[]) c
        where c.value is distinct from r.was -> c.key
      )
    from pairs r
    left join stated_fields s on s.collection = collection_of(tg_table_name) and s.record_id = r.id
  )
  insert into changes (collection, record_id, op, version, public_op, public_version, at,
    was_commune_id, is_commune_id, was_hamlet_id, is_hamlet_id, was_operator, is_operator, was_public, is_public)
  select collection_of(tg_table_name), r.id, feed_op(r.was_alive, r.is_alive, true), r.version,
    feed_op(r.was_public, r.is_public, r.changed_in_public), r.public_version, r.updated_at,
    r.was_commune_id, r.commune_id, r.was_hamlet_id, r.hamlet_id, r.was ->> 'operator', r.record ->> 'operator',
    r.was_public, r.is_public
  from pairs r
  where feed_op(r.was_alive, r.is_alive, true) is not null;
  insert into summary_queue (collection, record_id) select collection_of(tg_table_name), n.id from new_rows n;
  delete from stated_fields s using new_rows n where s.collection = collection_of(tg_table_name) and s.record_id = n.id;
  return null;
end
$$;

create or replace function asset_no_delete() returns trigger
language plpgsql
as $$
begin
  raise exception 'records are never removed: set deleted_at' using errcode = 'check_violation', constraint = 'asset_delete_is_soft';
end
$$;
